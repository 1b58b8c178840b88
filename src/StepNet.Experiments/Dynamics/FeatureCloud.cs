using StepNet.Nn;

namespace StepNet.Experiments.Dynamics;

/// <summary>Where the items of a batch are behind a block.</summary>
/// <param name="Block">Blocks done: 0 is what the first block adds to.</param>
/// <param name="Module">Path of the block; empty for block 0.</param>
/// <param name="Features">Numbers of each item: a channel each; of images and sequences the mean over their pixels.</param>
/// <param name="Plane">Each item in the plane: see <see cref="Of"/>.</param>
public sealed record FeatureCloud(int Block, string Module, IReadOnlyList<double[]> Features, IReadOnlyList<(double X, double Y)> Plane)
{
    /// <summary>The clouds in front of the first block and behind every one, in prediction.</summary>
    /// <remarks>
    /// Two features are drawn as they are, one against zero. More are drawn in the plane of the two directions in which the last cloud of
    /// their width spreads most (principal components, through its mean): there the classes are apart, and one plane for
    /// all clouds of a width is what lets a point be followed from block to block.
    /// </remarks>
    /// <param name="model">A network with residual blocks.</param>
    /// <param name="items">A batch, <c>[N, ...]</c>.</param>
    public static IReadOnlyList<FeatureCloud> Of(Module model, NdArray items)
    {
        List<(string Module, List<double[]> Features)> blocks = [];
        foreach (IReadOnlyList<BlockOutput> outputs in BlockOutputs.InParts(model, items))
        {
            if (blocks.Count == 0)
            {
                blocks.AddRange([("", []), .. outputs.Select(output => (output.Block.Path, new List<double[]>()))]);
            }

            blocks[0].Features.AddRange(Channels(outputs[0].Shortcut));
            foreach (BlockOutput output in outputs)
            {
                blocks[output.Number].Features.AddRange(Channels(output.Output));
            }
        }

        FeatureCloud[] clouds = [.. blocks.Select((block, i) => new FeatureCloud(i, block.Module, block.Features, []))];
        Dictionary<int, PrincipalPlane> planes = [];
        foreach (FeatureCloud cloud in clouds)
        {
            planes[cloud.Features[0].Length] = PrincipalPlane.Of(cloud.Features);
        }

        return [.. clouds.Select(cloud => cloud with
        {
            Plane = [.. cloud.Features.Select(item => item.Length switch
            {
                1 => (item[0], 0.0),
                2 => (item[0], item[1]),
                _ => planes[item.Length].Project(item),
            })],
        })];
    }

    private static List<double[]> Channels(NdArray values)
    {
        int n = values.Dims[0], channels = values.Dims.Count > 1 ? values.Dims[1] : 1;
        int pixels = values.Values.Length / (n * channels);
        List<double[]> items = [];
        for (int i = 0; i < n; i++)
        {
            double[] item = new double[channels];
            for (int c = 0; c < channels; c++)
            {
                ReadOnlySpan<float> image = values.Values.AsSpan(((i * channels) + c) * pixels, pixels);
                foreach (float value in image)
                {
                    item[c] += value;
                }

                item[c] /= pixels;
            }

            items.Add(item);
        }

        return items;
    }
}
