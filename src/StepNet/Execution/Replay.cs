using StepNet.Graph;
using StepNet.Passes;

namespace StepNet.Execution;

/// <summary>Runs a program once, node by node, and looks at every output; keeps a value only until its last reader.</summary>
internal sealed class Replay
{
    private readonly GraphProgram _program;
    private readonly IExecutor _executor;
    private readonly int _n;
    private readonly IReadOnlyDictionary<string, ReadOnlyMemory<float>> _inputs;
    private readonly ParallelOptions _parallel;
    private readonly Dictionary<Tensor, float[]> _values = [];

    public Replay(
        GraphProgram program, IExecutor executor, int n, IReadOnlyDictionary<string, ReadOnlyMemory<float>> inputs, int threads)
    {
        (_program, _executor, _n, _inputs) = (program, executor, n, inputs);
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
    }

    public FirstBadNode? FirstBad()
    {
        Dictionary<Node, List<Tensor>> ends = LastReaders();
        foreach (Node node in _program.Nodes)
        {
            Evaluate(node);
            for (int i = 0; i < node.Outputs.Length; i++)
            {
                if (FirstBadNode.Look(node, i, _values[node.Outputs[i]], 0) is FirstBadNode bad)
                {
                    return bad with { LargestInput = node.Inputs.Select(input => Largest(_values[input])).Append(0).Max() };
                }
            }

            foreach (Tensor ended in ends.GetValueOrDefault(node, []))
            {
                _values.Remove(ended);
            }
        }

        return null;
    }

    private Dictionary<Node, List<Tensor>> LastReaders()
    {
        Dictionary<Tensor, Node> last = [];
        foreach (Node node in _program.Nodes)
        {
            foreach (Tensor input in node.Inputs)
            {
                last[input] = node;
            }
        }

        return last.GroupBy(pair => pair.Value, pair => pair.Key).ToDictionary(group => group.Key, group => group.ToList());
    }

    private void Evaluate(Node node)
    {
        foreach (Tensor output in node.Outputs)
        {
            _values.Add(output, new float[output.Shape.Count(_n)]);
        }

        float[] first = _values[node.Outputs[0]];
        switch (node.Operation)
        {
            case VariableOp op:
                _executor.Read(op.Variable, first);
                break;
            case SlotOp op:
                first[0] = (float)_executor.Get(op.Slot);
                break;
            case InputOp op:
                _inputs[op.InputName].Span[..first.Length].CopyTo(first);
                break;
            case Operation when Phases.KindOf(node) == Locality.Item:
                // The definitions are slow; item by item they can at least share the work.
                Parallel.For(0, _n, _parallel, item => node.Operation.Evaluate(new ReplayOperands(this, node, item, 1)));
                break;
            default:
                node.Operation.Evaluate(new ReplayOperands(this, node, 0, _n));
                break;
        }
    }

    private static float Largest(float[] values)
    {
        float largest = 0;
        foreach (float value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        return largest;
    }

    private sealed class ReplayOperands : Operands<float>
    {
        private readonly Replay _replay;
        private readonly Node _node;

        public ReplayOperands(Replay replay, Node node, int first, int items)
        {
            (_replay, _node, N, FirstItem, Items, Random) = (replay, node, replay._n, first, items, replay._executor.Random);
        }

        public override ReadOnlySpan<float> In(int i) => Part(_node.Inputs[i]);

        public override Span<float> Out(int i) => Part(_node.Outputs[i]);

        public override Shape InShape(int i) => _node.Inputs[i].Shape;

        public override Shape OutShape(int i) => _node.Outputs[i].Shape;

        private Span<float> Part(Tensor tensor)
        {
            Shape shape = tensor.Shape;
            return _replay._values[tensor].AsSpan(shape.Batched ? FirstItem * shape.ItemCount : 0, shape.Count(Items));
        }
    }
}
