using System.CommandLine;

namespace StepNet.Cli.Commands;

/// <summary>Options that make an optimiser; commands that need one share them.</summary>
/// <param name="sgdLearningRate">What the help says of SGD's learning rate without <c>--lr</c>.</param>
/// <param name="sgdWeightDecay">What the help says of SGD's weight decay without <c>--weight-decay</c>.</param>
internal sealed class OptimizerArguments(string sgdLearningRate, string sgdWeightDecay)
{
    private readonly Option<string?> _optimizer = Cli.Options.Word(
        "--optimizer", "Update rule. [default: sgd]", "sgd", "adam", "adamw", "rmsprop");

    private readonly Option<double?> _lr = Cli.Options.Number(
        "--lr", "rate", 1e-12, 1e12, "Learning rate, the highest of the schedule", $"sgd {sgdLearningRate}; others 0.001");

    private readonly Option<double?> _momentum = Cli.Options.Number(
        "--momentum", "m", 0.0, 0.9999, "Momentum of sgd and rmsprop", "sgd 0.9, rmsprop 0");

    private readonly Option<bool> _nesterov = new("--nesterov") { Description = "Nesterov's form of sgd's momentum." };

    private readonly Option<double?> _beta1 = Cli.Options.Number(
        "--beta1", "b", 0.0, 0.999999, "Decay of the first moment of adam and adamw", "0.9");

    private readonly Option<double?> _beta2 = Cli.Options.Number(
        "--beta2", "b", 0.0, 0.999999, "Decay of the mean square of adam, adamw and rmsprop", "adam and adamw 0.999, rmsprop 0.99");

    private readonly Option<double?> _epsilon = Cli.Options.Number(
        "--epsilon", "e", 1e-30, 1.0, "Added to the root of the mean square by adam, adamw and rmsprop", "1e-8");

    private readonly Option<double?> _weightDecay = Cli.Options.Number(
        "--weight-decay", "d", 0.0, 10.0, "L2 penalty, with adamw decoupled decay; not on s and h",
        $"sgd {sgdWeightDecay}; adamw 0.01; others 0");

    private readonly Option<string?> _decay = Cli.Options.Word(
        "--decay", "What decays: all but s and h, or weights alone, without biases and norms. [default: all]", "all", "weights");

    private readonly Option<double?> _clipNorm = Cli.Options.Number(
        "--clip-norm", "x", 1e-12, 1e12, "Scales gradients down whose norm, over all parameters, is larger", "no clipping");

    private readonly Option<double?> _clipValue = Cli.Options.Number(
        "--clip-value", "x", 1e-12, 1e12, "Cuts every element of the gradients to [-x, x]", "no clipping");

    /// <summary>All options, in the order of the help.</summary>
    internal IReadOnlyList<Option> Options =>
    [
        _optimizer, _lr, _momentum, _nesterov, _beta1, _beta2, _epsilon, _weightDecay, _decay, _clipNorm, _clipValue,
    ];

    /// <summary>What was asked for.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="sgdLearningRate">SGD's learning rate without <c>--lr</c>.</param>
    /// <param name="sgdWeightDecay">SGD's weight decay without <c>--weight-decay</c>.</param>
    /// <exception cref="UsageException">An option belongs to another optimiser.</exception>
    internal OptimizerSettings Read(ResolvedOptions options, double sgdLearningRate, double sgdWeightDecay)
    {
        string name = options.Value(_optimizer, "sgd");
        bool moments = name is "adam" or "adamw";
        double? momentum = Own(_momentum, name == "sgd" ? 0.9 : 0, "sgd", "rmsprop");
        bool nesterov = options.Value(_nesterov);
        if (nesterov && name != "sgd")
        {
            throw Foreign(_nesterov, "sgd");
        }

        if (nesterov && momentum == 0)
        {
            throw new UsageException("--nesterov needs a momentum, and --momentum is 0. Leave one of them out.");
        }

        return new OptimizerSettings
        {
            Name = name,
            LearningRate = options.Value(_lr, name == "sgd" ? sgdLearningRate : 0.001),
            Momentum = momentum,
            Nesterov = nesterov,
            Beta1 = Own(_beta1, 0.9, "adam", "adamw"),
            Beta2 = Own(_beta2, moments ? 0.999 : 0.99, "adam", "adamw", "rmsprop"),
            Epsilon = Own(_epsilon, 1e-8, "adam", "adamw", "rmsprop"),
            WeightDecay = options.Value(_weightDecay, name switch { "sgd" => sgdWeightDecay, "adamw" => 0.01, _ => 0.0 }),
            Decay = options.Value(_decay, "all"),
            ClipNorm = options.Value(_clipNorm),
            ClipValue = options.Value(_clipValue),
        };

        double? Own(Option<double?> option, double otherwise, params string[] owners) =>
            owners.Contains(name) ? options.Value(option, otherwise)
            : options.Value(option) is null ? null
            : throw Foreign(option, owners);

        UsageException Foreign(Option option, params string[] owners) => new(
            $"{option.Name} belongs to --optimizer {string.Join(" or ", owners)}, not to {name}. Leave it out or choose another optimizer.");
    }
}
