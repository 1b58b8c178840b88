using StepNet.Experiments.Dynamics;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests.Experiments.Dynamics;

public sealed class FeatureCloudTests
{
    // 300 images of which the blocks keep a megabyte each: more than one part.
    [Fact]
    public void Of_MoreItemsThanOnePart_AreTheSameAsAFewOfThem()
    {
        Module model = new CifarResNetOptions { Depth = 20, Step = 0.5 }.Create();
        model.Initialize(3);
        NdArray many = new([.. Compute.Uniform(300 * 3072, 2).Select(value => (float)value)], 300, 3, 32, 32);
        NdArray last = new(many.Values[(290 * 3072)..], 10, 3, 32, 32);

        Assert.True(BlockOutputs.InParts(model, many).Count() > 1);
        Assert.All(FeatureCloud.Of(model, many).Zip(FeatureCloud.Of(model, last)), pair =>
        {
            Assert.Equal((pair.Second.Block, pair.Second.Module, 300), (pair.First.Block, pair.First.Module, pair.First.Features.Count));
            Assert.All(pair.First.Features.TakeLast(10).Zip(pair.Second.Features), item => Compute.AssertClose(item.Second, item.First, 1e-5));
        });
    }

    [Fact]
    public void Of_PointResNetOfWidthTwo_StepsAreHTimesTheBranch()
    {
        Module model = new PointResNet(new PointResNetOptions { Blocks = 3, Step = 0.25, Skip = 0.5 });
        model.Initialize(2);
        NdArray points = Points(6);

        IReadOnlyList<BlockOutput> outputs = BlockOutputs.Of(model, points);
        IReadOnlyList<FeatureCloud> clouds = FeatureCloud.Of(model, points);

        Assert.Equal(points.Values, outputs[0].Shortcut.Values);
        Assert.Equal([0, 1, 2, 3], clouds.Select(cloud => cloud.Block));
        for (int n = 0; n < 3; n++)
        {
            for (int i = 0; i < 12; i++)
            {
                double x = outputs[n].Shortcut.Values[i], f = outputs[n].Increment.Values[i];
                Assert.Equal((0.5 * x) + (0.25 * f), outputs[n].Output.Values[i], tolerance: 1e-6);
                Assert.Equal(outputs[n].Output.Values[i], i % 2 == 0 ? clouds[n + 1].Plane[i / 2].X : clouds[n + 1].Plane[i / 2].Y, tolerance: 1e-7);
            }
        }
    }

    [Theory]
    [InlineData("resnet8", 3)]
    [InlineData("text-resnet9", 4)]
    [InlineData("point-resnet4", 4)]
    [InlineData("text-rnn5", 5)]
    public void Of_EveryFamily_HasACloudForEveryUseOfABlock(string name, int blocks)
    {
        ResNetOptions options = ModelCatalog.Options(name).For(
            StepNet.Graph.Shape.Of(name.StartsWith("text", StringComparison.Ordinal) ? [64] : name[0] == 'p' ? [2] : [3, 8, 8]), 3) with
        { Width = 4, Integrator = Integrator.Heun };
        Module model = options.Create();
        model.Initialize(1);
        float[] values = [.. Enumerable.Range(0, 2 * options.Item.ItemCount).Select(i => i * 7 % 5f)];

        IReadOnlyList<FeatureCloud> clouds = FeatureCloud.Of(model, new NdArray(values, [2, .. options.Item.Dims]));

        Assert.Equal(blocks + 1, clouds.Count);
        Assert.All(clouds, cloud => Assert.Equal(2, cloud.Plane.Count));
        Assert.All(clouds, cloud => Assert.All(cloud.Plane, point => Assert.True(double.IsFinite(point.X + point.Y))));
    }

    [Fact]
    public void Plane_OfManyFeatures_IsThatOfTheGreatestSpread()
    {
        // Points on an ellipse of half axes 5 and 2 in a turned plane of four dimensions, around a mean of their own.
        double[] a = [0.5, 0.5, 0.5, 0.5], b = [0.5, -0.5, 0.5, -0.5];
        double[][] points = [.. Enumerable.Range(0, 60).Select(i => Math.SinCos(i * Math.PI / 30))
            .Select(angle => a.Zip(b, (x, y) => 3 + (5 * angle.Cos * x) + (2 * angle.Sin * y)).ToArray())];
        PrincipalPlane plane = PrincipalPlane.Of(points);

        for (int i = 0; i < 60; i++)
        {
            (double x, double y) = plane.Project(points[i]);
            Assert.Equal(5 * Math.Abs(Math.Cos(i * Math.PI / 30)), Math.Abs(x), tolerance: 1e-9);
            Assert.Equal(2 * Math.Abs(Math.Sin(i * Math.PI / 30)), Math.Abs(y), tolerance: 1e-9);
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    public void Noise_ThroughIdentityBlocks_StaysBelowPropositionTwo(double h)
    {
        Module model = new PointResNet(new PointResNetOptions { Blocks = 20, Step = h });
        model.Initialize(3);

        IReadOnlyList<NoiseSpread> rows = NoiseSpread.Of(model, Points(50), 0.2, seed: 4);

        Assert.Equal(0.2, rows[0].Largest, tolerance: 1e-6);
        double widest = rows.Max(row => row.Branch);
        Assert.All(rows, row => Assert.True(row.Largest <= row.Bound * 1.00001, $"block {row.Block}: {row.Largest} above {row.Bound}"));
        Assert.All(rows, row => Assert.True(row.Bound <= (0.2 + (h * row.Block * widest)) * 1.00001));
    }

    [Fact]
    public void Noise_BehindAProjectionOrAnotherSkip_HasNoBound()
    {
        Module images = new CifarResNet(new CifarResNetOptions { Depth = 14, Width = 4 });
        images.Initialize(1);
        float[] pixels = [.. Compute.Uniform(2 * 192, seed: 1).Select(value => (float)value)];

        Assert.Equal(
            [true, true, true, false, false, false, false],
            NoiseSpread.Of(images, new NdArray(pixels, 2, 3, 8, 8), 0.1, seed: 1).Select(row => row.Bound is not null));

        Module points = new PointResNet(new PointResNetOptions { Blocks = 2, Skip = 0.9 });
        points.Initialize(1);
        Assert.Equal([true, false, false], NoiseSpread.Of(points, Points(3), 0.1, seed: 1).Select(row => row.Bound is not null));
    }

    private static NdArray Points(int n) => new([.. Compute.Uniform(2 * n, seed: 9).Select(value => (float)value)], n, 2);
}
