namespace StepNet.Nn;

/// <summary>What the names of <see cref="Initialization"/> change in a network.</summary>
internal static class InitializationSchemes
{
    /// <summary>The same for every weight, and for biases where <paramref name="biasOfFanIn"/> says how by the weight's fan-in.</summary>
    public static Action<Module> All(Initializer weight, Func<int, Initializer>? biasOfFanIn = null) => network =>
    {
        Dictionary<string, Parameter> biases = Biases(network);
        foreach (Parameter parameter in Weights(network))
        {
            parameter.Initializer = weight;
            if (biasOfFanIn is not null && biases.TryGetValue(BiasName(parameter), out Parameter? bias))
            {
                bias.Initializer = biasOfFanIn(Initializers.FanIn(parameter.Shape));
            }
        }
    };

    /// <summary>Zhang et al. 2019, rules 1 and 2; rule 3's multiplier is the block's step factor.</summary>
    public static void Fixup(Module network)
    {
        All(Initializers.HeNormal)(network);
        ResidualBlock[] blocks = Blocks(network);
        List<Parameter> zeros = [];
        foreach (ResidualBlock block in blocks)
        {
            if (block.Branch.Modules.Any(module => Gamma(module) is not null))
            {
                throw new ArgumentException($"fixup: the branch of '{block.Path}' has a norm, which undoes the scaling. Give --norm none.");
            }

            RefuseClosed(block, "fixup");

            Parameter[] weights = Weights(block.Branch);
            foreach (Parameter weight in weights.SkipLast(1))
            {
                weight.Initializer = Initializers.Scaled(
                    Initializers.HeNormal, Math.Pow(Depth(network, blocks), -1.0 / ((2 * weights.Length) - 2)));
            }

            zeros.AddRange(weights.TakeLast(1));
        }

        zeros.AddRange(Weights(network).TakeLast(1));
        Dictionary<string, Parameter> biases = Biases(network);
        foreach (Parameter weight in zeros)
        {
            weight.Initializer = Initializers.Constant(0);
            if (biases.TryGetValue(BiasName(weight), out Parameter? bias))
            {
                bias.Initializer = Initializers.Constant(0);
            }
        }
    }

    /// <summary>Wang et al. 2022, encoder: <c>beta = (8N)^(-1/4)</c> for N layers of two residual sums each, so <c>(4L)^(-1/4)</c> here.</summary>
    public static void DeepNorm(Module network)
    {
        All(Initializers.XavierNormal)(network);
        ResidualBlock[] blocks = Blocks(network);
        Initializer scaled = Initializers.Scaled(Initializers.XavierNormal, Math.Pow(4.0 * Depth(network, blocks), -0.25));
        foreach (Parameter weight in blocks.SelectMany(block => Weights(block.Branch)))
        {
            weight.Initializer = scaled;
        }
    }

    /// <summary>Goyal et al. 2017: the gamma of the norm that ends a branch.</summary>
    public static void ZeroGamma(Module network)
    {
        foreach (ResidualBlock block in Blocks(network))
        {
            // A norm with layers behind it, as in the order pre, may have a ReLU behind it too, which with gamma 0 would pass no gradient at all.
            Module? last = block.Branch.Modules.LastOrDefault(module => module is not Coefficient && !module.Children.Any() && module.Parameters.Any());
            bool ends = block.Activation != Activation.Identity || block.Branch.Modules.Any(module => module is IEndsInNorm);
            Parameter gamma = (last is null || !ends ? null : Gamma(last)) ?? throw new ArgumentException(
                $"zero-gamma: the branch of '{block.Path}' does not end in a norm. Give a norm, and the order post where there is a choice, or leave zero-gamma out.");
            RefuseClosed(block, "zero-gamma");
            gamma.Initializer = Initializers.Constant(0);
        }
    }

    // Two factors of 0 have no gradient either, and behind s = 0 a ReLU gets nothing but 0.
    private static void RefuseClosed(ResidualBlock block, string scheme)
    {
        foreach ((string name, Coefficient coefficient) in (ReadOnlySpan<(string, Coefficient)>)[("h", block.Step), ("s", block.Skip)])
        {
            if (coefficient.Spec.Start.Factor == 0)
            {
                throw new ArgumentException(
                    $"{scheme}: the branch of '{block.Path}' starts at 0, and so does its {name}: it would never open. Start one of them elsewhere.");
            }
        }
    }

    private static ResidualBlock[] Blocks(Module network) => [.. network.Modules.OfType<ResidualBlock>().Distinct()];

    // L as for h and s: a recurrent cell is one block, and as deep as it has steps.
    private static int Depth(Module network, ResidualBlock[] blocks) =>
        network.Modules.OfType<BlockPlan>().FirstOrDefault()?.Blocks ?? blocks.Length;

    /// <summary>Weights of convolutions and linear layers, in order: all that is a matrix but no embedding's table.</summary>
    private static Parameter[] Weights(Module module)
    {
        HashSet<Parameter> tables = [.. module.Modules.OfType<Embedding>().Select(embedding => embedding.Weight)];
        return [.. module.Parameters.Where(parameter => parameter.Shape.Dims.Length >= 2 && !tables.Contains(parameter))];
    }

    private static Dictionary<string, Parameter> Biases(Module network) =>
        network.Parameters.Where(parameter => parameter.Shape.Dims.Length == 1).ToDictionary(parameter => parameter.Name);

    private static string BiasName(Parameter weight)
    {
        const string Weight = "weight";
        return weight.Name.EndsWith(Weight, StringComparison.Ordinal) ? weight.Name[..^Weight.Length] + "bias" : "";
    }

    private static Parameter? Gamma(Module module) => (module as BatchNorm2d)?.Weight ?? (module as GroupNorm)?.Weight;
}
