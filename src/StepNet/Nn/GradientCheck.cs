using System.Globalization;
using StepNet.Execution;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Passes;

namespace StepNet.Nn;

/// <summary>
/// Compares gradient rules with central differences, in double: of one operation, or of a whole module with its parameters.
/// </summary>
/// <remarks>The loss is <c>&lt;r, y&gt;</c> with a fixed random r, so that every output element counts.</remarks>
public static class GradientCheck
{
    /// <summary>Step of the differences.</summary>
    public const double Epsilon = 1e-6;

    /// <summary>Largest absolute error allowed, beside the relative one.</summary>
    public const double AbsoluteTolerance = 1e-7;

    /// <summary>Largest error allowed relative to the difference.</summary>
    public const double RelativeTolerance = 1e-3;

    /// <summary>Checks a function of symbolic tensors, for all of its inputs.</summary>
    /// <param name="function">From inputs to one output.</param>
    /// <param name="inputs">Shapes of the inputs; batched ones get <paramref name="n"/> items.</param>
    /// <param name="n">Batch.</param>
    /// <param name="seed">Seed of the random values.</param>
    /// <param name="prepare">Changes the drawn values of input i, for functions of restricted domain.</param>
    /// <exception cref="GradientMismatchException">A gradient is wrong; the message says where and by how much.</exception>
    public static void Function(
        Func<Tensor[], Tensor> function,
        IReadOnlyList<Shape> inputs,
        int n = 3,
        ulong seed = 1,
        Action<int, double[]>? prepare = null)
    {
        ComputationGraph graph = new(training: true);
        Tensor[] tensors = [.. inputs.Select((shape, i) => Source(graph, $"x{i}", shape))];
        Check(graph, function(tensors), tensors, [], n, seed, prepare);
    }

    /// <summary>Checks a module, for its input and all of its parameters, in training mode; its values are afterwards what they were.</summary>
    /// <param name="module">What to check.</param>
    /// <param name="itemShape">Shape of one input.</param>
    /// <param name="n">Batch.</param>
    /// <param name="seed">Seed of parameters and input.</param>
    /// <exception cref="GradientMismatchException">A gradient is wrong; the message says where and by how much.</exception>
    public static void Module(Module module, Shape itemShape, int n = 3, ulong seed = 1)
    {
        float[][] values = [.. module.State.Select(variable => (float[])variable.Values.Clone())];
        try
        {
            module.Initialize(seed);
            Tensor output = Tracer.Trace(module, itemShape, training: true);
            Tensor input = output.Graph.Nodes.First(node => node.Operation is InputOp).Outputs[0];
            Check(output.Graph, output, [input], [.. module.Parameters], n, seed, null);
        }
        finally
        {
            foreach ((Variable variable, float[] before) in module.State.Zip(values))
            {
                before.CopyTo(variable.Values, 0);
            }
        }
    }

    private static Tensor Source(ComputationGraph graph, string name, Shape shape) =>
        shape.Batched ? graph.Input(name, shape) : graph.Read(new Variable(name, shape));

    private static void Check(
        ComputationGraph graph,
        Tensor output,
        Tensor[] inputs,
        Parameter[] parameters,
        int n,
        ulong seed,
        Action<int, double[]>? prepare)
    {
        // <r, y> over all items of the batch; for an unbatched y the dot is over its elements.
        Tensor weights = Source(graph, "r", output.Shape);
        Tensor loss = graph.Add(new ProjectionOp(), [output, weights]);
        Tensor[] sources = [.. inputs, .. parameters.Select(graph.Read)];
        Dictionary<string, Tensor> outputs = new() { ["loss"] = loss };

        // Sources are outputs too: one without effect on the loss would not live, and could not be given values.
        for (int i = 0; i < sources.Length; i++)
        {
            outputs.Add($"source {i}", sources[i]);
        }

        GraphProgram forwardProgram = new(graph, outputs, []);
        Tensor?[] gradients = Differentiate.Loss(loss, sources);
        for (int i = 0; i < sources.Length; i++)
        {
            if (gradients[i] is Tensor gradient)
            {
                outputs.Add(i.ToString(CultureInfo.InvariantCulture), gradient);
            }
        }

        // No updates: the differences must see the same running state each time.
        using ReferenceExecutor<double> full = new(new GraphProgram(graph, outputs, []), n);
        using ReferenceExecutor<double> forward = new(forwardProgram, n);
        CounterRandom random = new(seed, 77);
        double[][] values = new double[sources.Length][];
        for (int i = 0; i < sources.Length; i++)
        {
            values[i] = Draw(sources[i].Shape.Count(n), ref random);
            if (i >= inputs.Length)
            {
                Parameter parameter = parameters[i - inputs.Length];
                values[i] = [.. parameter.Values.Select((v, k) => (double)v + (0.1 * values[i][k]))];
            }

            prepare?.Invoke(i, values[i]);
            Give(full, sources[i], values[i]);
            Give(forward, sources[i], values[i]);
        }

        double[] r = Draw(weights.Shape.Count(n), ref random);
        Give(full, weights, r);
        Give(forward, weights, r);
        full.Run(n);
        for (int i = 0; i < sources.Length; i++)
        {
            double[] gradient = outputs.ContainsKey(i.ToString(CultureInfo.InvariantCulture))
                ? full.FetchExact(i.ToString(CultureInfo.InvariantCulture)).ToArray()
                : new double[values[i].Length];
            string name = i < inputs.Length ? $"input {i}" : parameters[i - inputs.Length].Name;
            Compare(forward, sources[i], values[i], gradient, n, name);
        }
    }

    private static double[] Draw(int count, ref CounterRandom random)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextUniform(-1, 1);
        }

        return values;
    }

    private static void Give(ReferenceExecutor<double> executor, Tensor source, double[] values)
    {
        if (source.Producer.Operation is InputOp input)
        {
            executor.FeedExact(input.InputName, values);
        }
        else if (source.Producer.Operation is VariableOp variable)
        {
            values.CopyTo(executor.Exact(variable.Variable));
        }
    }

    private static void Compare(
        ReferenceExecutor<double> forward, Tensor source, double[] values, double[] gradient, int n, string name)
    {
        for (int k = 0; k < values.Length; k++)
        {
            double numeric = (LossAt(values[k] + Epsilon) - LossAt(values[k] - Epsilon)) / (2 * Epsilon);
            double error = Math.Abs(gradient[k] - numeric);
            if (!(error <= AbsoluteTolerance + (RelativeTolerance * Math.Abs(numeric))))
            {
                throw new GradientMismatchException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Gradient of {name}, element {k} of {source.Shape}: the rule gives {gradient[k]:g8}, differences {numeric:g8}."));
            }

            double LossAt(double value)
            {
                double kept = values[k];
                values[k] = value;
                Give(forward, source, values);
                forward.Run(n);
                values[k] = kept;
                return forward.FetchExact("loss")[0];
            }
        }

        Give(forward, source, values);
    }

    /// <summary><c>&lt;y, r&gt;</c>, with r constant: the loss's own derivative is 1, which is left out.</summary>
    private sealed class ProjectionOp : Operation
    {
        public override Shape[] InferShapes(ReadOnlySpan<Shape> inputs) => [Shape.Scalar];

        public override Tensor?[] Gradient(Node node, Tensor?[] outputGradients) => [node.Inputs[1], null];

        public override void Evaluate<T>(Operands<T> v) => new DotOp().Evaluate(v);
    }
}
