using StepNet.Execution;
using StepNet.Graph;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

namespace StepNet.Tests.Graph;

/// <summary>What an operation says of its locality is what executors cut batches by; it must be true of its definition.</summary>
public sealed class LocalityTests
{
    private const int N = 5;
    private static readonly (int From, int To)[] Pieces = [(0, 2), (2, 3), (3, 5)];

    [Theory]
    [InlineData(ShortcutKind.Projection, BlockOrder.Post)]
    [InlineData(ShortcutKind.Pad, BlockOrder.Pre)]
    public void Evaluate_InPieces_GivesWhatTheLocalityPromises(ShortcutKind shortcut, BlockOrder order)
    {
        CifarResNet model = new(new CifarResNetOptions
        {
            Depth = 8,
            Shortcut = shortcut,
            Order = order,
            Step = CoefficientSpec.LearnedFrom(0.5),
            Classes = 3,
        });
        GraphProgram step = TrainingGraph.Build(
            new Sequential(new Dropout(0.3), new Curve(), model), Shape.Of(3, 4, 4), new Sgd());

        Check(step, Compute.Uniform(N * 3 * 16, seed: 1));
    }

    [Theory]
    [InlineData("images")]
    [InlineData("text")]
    public void Evaluate_SmallNetworkInPieces_GivesWhatTheLocalityPromises(string name) => Check(
        SmallNetworks.Step(name, new Sgd(), out _), [.. SmallNetworks.Data(name, N).Select(value => (double)value)]);

    private static void Check(GraphProgram step, double[] input)
    {
        // Every value of the step is an output, so that a node can be run again on pieces of its inputs. The updates are left
        // out: a variable keeps its value of the start.
        GraphProgram program = new(
            step.Graph, step.Nodes.SelectMany(node => node.Outputs).ToDictionary(Key), []);
        using ReferenceExecutor<double> executor = new(program, N) { Random = new RandomKey(3, 4) };
        executor.FeedExact("input", input);
        executor.FeedExact("labels", [0, 1, 2, 1, 0]);
        executor.Run(N);

        HashSet<Locality> seen = [];
        foreach (Node node in program.Nodes.Where(node => node.Operation is not SourceOp))
        {
            seen.Add(node.Operation.Locality);
            double[][] whole = [.. node.Outputs.Select(output => executor.FetchExact(Key(output)).ToArray())];
            switch (node.Operation.Locality)
            {
                case Locality.Item:
                    foreach ((int from, int to) in Pieces)
                    {
                        double[][] piece = Evaluate(node, executor, from, to);
                        for (int i = 0; i < piece.Length; i++)
                        {
                            int item = node.Outputs[i].Shape.ItemCount;
                            Assert.True(node.Outputs[i].Shape.Batched, $"{node}: Item, with an output that has no batch.");
                            Assert.Equal(whole[i][(from * item)..(to * item)], piece[i]);
                        }
                    }

                    break;

                // Known exception: a variance is no sum over pieces; executors treat these statistics on their own.
                case Locality.Reduction when node.Operation is not ChannelStatisticsOp:
                    double[][][] parts = [.. Pieces.Select(p => Evaluate(node, executor, p.From, p.To))];
                    for (int i = 0; i < whole.Length; i++)
                    {
                        Compute.AssertClose(
                            whole[i], [.. whole[i].Select((_, k) => parts.Sum(part => part[i][k]))], tolerance: 1e-10);
                    }

                    break;

                case Locality.Unbatched:
                    Assert.DoesNotContain(node.Inputs.Concat(node.Outputs), tensor => tensor.Shape.Batched);
                    break;
            }
        }

        Assert.Superset(new HashSet<Locality> { Locality.Item, Locality.Reduction, Locality.Unbatched }, seen);
    }

    private static string Key(Tensor tensor) => $"{tensor.Producer.Id}.{tensor.Index}";

    private static double[][] Evaluate(Node node, ReferenceExecutor<double> executor, int from, int to)
    {
        PieceOperands operands = new(node, executor, from, to) { N = N, Items = to - from, FirstItem = from, Random = executor.Random };
        node.Operation.Evaluate(operands);
        return operands.Results;
    }

    private sealed class PieceOperands(Node node, ReferenceExecutor<double> executor, int from, int to) : Operands<double>
    {
        public double[][] Results { get; } = [.. node.Outputs.Select(
            output => Enumerable.Repeat(double.NaN, output.Shape.Count(to - from)).ToArray())];

        public override ReadOnlySpan<double> In(int i)
        {
            ReadOnlySpan<double> all = executor.FetchExact(Key(node.Inputs[i]));
            int item = InShape(i).ItemCount;
            return InShape(i).Batched ? all[(from * item)..(to * item)] : all;
        }

        public override Span<double> Out(int i) => Results[i];

        public override Shape InShape(int i) => node.Inputs[i].Shape;

        public override Shape OutShape(int i) => node.Outputs[i].Shape;
    }

    private sealed class Curve : Module
    {
        protected override Tensor Forward(Tensor x) => Ops.Apply(new Sine(), Ops.Multiply(x, Ops.RandomMask(x, 0.9, wholeItems: true)));
    }

    private sealed class Sine : ElementwiseOp
    {
        public override T Apply<T>(T x) => T.Sin(x);

        public override T Derivative<T>(T x) => T.Cos(x);
    }
}
