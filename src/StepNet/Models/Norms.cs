using StepNet.Nn;

namespace StepNet.Models;

/// <summary>The norm layers of the networks here.</summary>
internal static class Norms
{
    // Wu and He 2018 take 32 groups; narrow networks would then have groups of one channel, so a group has four or more.
    private const int MaxGroups = 32;
    private const int LeastChannels = 4;

    /// <summary>A norm of the given kind; for none a module that returns its input.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Weight of the batch in batch norm's running statistics.</param>
    public static Module Create(Normalization kind, int channels, double epsilon = 1e-5, double momentum = 0.1) => kind switch
    {
        Normalization.Batch => new BatchNorm2d(channels, epsilon, momentum),
        Normalization.Group => new GroupNorm(Groups(channels), channels, epsilon),
        _ => new Identity(),
    };

    private static int Groups(int channels)
    {
        int groups = Math.Clamp(channels / LeastChannels, 1, MaxGroups);
        while (channels % groups > 0)
        {
            groups--;
        }

        return groups;
    }
}
