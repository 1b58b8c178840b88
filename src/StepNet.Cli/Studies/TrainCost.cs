using System.Collections.Concurrent;
using StepNet.Cli.Commands;
using StepNet.Execution;
using StepNet.Models;

namespace StepNet.Cli.Studies;

/// <summary>What a training is expected to cost, from its multiply-adds and speeds that were measured.</summary>
internal static class TrainCost
{
    // Start of the process and its first step, and what a step costs beside its arithmetic.
    private const double StartSeconds = 2.5, StepSeconds = 0.001;

    // Prediction is the forward pass of the three that a step consists of.
    private const double PredictionShare = 1.0 / 3;

    // Forward multiply-adds of the items that one core trains on in a second, AMD EPYC (Zen 5) with AVX-512: ResNet-20, -56 and -110 at
    // 1,050, 370 and 188 images/s, text ResNets of 9 and 17 layers at 480 and 270 texts/s of 256 characters, AdaResNet-18 at 1,130
    // and Keras's ResNet-50 at 243 images/s in batches of 32.
    private static readonly (string Prefix, double PerSecond)[] s_speeds =
        [("resnet", 45e9), ("text-resnet", 47e9), ("adaresnet", 19.5e9), ("keras-resnet", 19.5e9), ("point-resnet", 2e7)];

    private static readonly ConcurrentDictionary<string, long> s_multiplyAdds = [];

    /// <summary>Seconds of one core.</summary>
    internal static double CoreSeconds(TrainSettings settings)
    {
        long train = settings.TrainItems ?? settings.Dataset.TrainItems, test = settings.TestItems ?? settings.Dataset.TestItems;
        long held = settings.ValidationItems ?? train / 10;
        long perEpoch = (train - held + settings.Batch - 1) / settings.Batch, steps = perEpoch * settings.Epochs;
        steps = Math.Min(steps, settings.MaxSteps ?? steps);
        double items = Math.Min((double)(train - held) * settings.Epochs, (double)steps * settings.Batch);
        double epochs = (double)steps / perEpoch;
        double looked = (held * epochs) + (test * (settings.TestEveryEpoch ? Math.Max(epochs, 1) : 1));
        ResNetOptions model = settings.Model.For(settings.Dataset.ItemShape, settings.Dataset.Classes.Count);
        double speed = s_speeds.FirstOrDefault(known => model.Name.StartsWith(known.Prefix, StringComparison.Ordinal)).PerSecond;
        double seconds = MultiplyAdds(model) / (speed > 0 ? speed : 26e9) * (items + (PredictionShare * looked));
        return StartSeconds + (StepSeconds * steps) + seconds;
    }

    private static long MultiplyAdds(ResNetOptions model) => s_multiplyAdds.GetOrAdd($"{model.Name} {model.Width} {model.Item}", _ =>
    {
        Nn.Module network = model.Create();
        return ProgramInspection.Of(network.Compile(model.Item).Program, 1).ForwardMultiplyAdds;
    });
}
