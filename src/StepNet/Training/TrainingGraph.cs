using StepNet.Graph;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;

namespace StepNet.Training;

/// <summary>One training step as a program: forward, loss, gradients, running statistics and update.</summary>
public static class TrainingGraph
{
    /// <summary>Builds the step. Inputs <c>input</c>, <c>labels</c>; outputs <c>loss</c>, <c>correct</c>, <c>logits</c>, <c>guard</c>.</summary>
    /// <remarks><c>guard</c> is the loss where it and all gradients are finite, and no finite number otherwise.</remarks>
    /// <param name="model">Images or other items to logits <c>[N, classes]</c>; parameters of frozen parts get no gradient and no update.</param>
    /// <param name="itemShape">Shape of one item.</param>
    /// <param name="optimizer">Update rule; null for gradients alone, as outputs <c>grad.NAME</c>.</param>
    /// <param name="labelSmoothing">Share of the target spread over all classes, in [0, 1].</param>
    /// <param name="labelShape">Shape of <c>labels</c>: <c>[N]</c> class indices, the default, or <c>[N, classes]</c> probabilities.</param>
    /// <param name="recompute">
    /// Whether activations are computed again in the backward pass rather than kept: less memory, more time, the same numbers but for the last bits of sums.
    /// </param>
    /// <exception cref="ArgumentException">Every parameter is frozen.</exception>
    public static GraphProgram Build(
        Module model, Shape itemShape, Optimizer? optimizer, double labelSmoothing = 0, Shape? labelShape = null, bool recompute = false) =>
        Build(model, itemShape, optimizer, labelSmoothing, labelShape, TapKinds.None, out _, recompute);

    /// <summary>As the other, with observations of what is watched.</summary>
    /// <param name="model">Images or other items to logits <c>[N, classes]</c>.</param>
    /// <param name="itemShape">Shape of one item.</param>
    /// <param name="optimizer">Update rule; null for gradients alone, as outputs <c>grad.NAME</c>.</param>
    /// <param name="labelSmoothing">Share of the target spread over all classes, in [0, 1].</param>
    /// <param name="labelShape">Shape of <c>labels</c>.</param>
    /// <param name="taps">What is watched.</param>
    /// <param name="series">Receives what there is of that; each is an observation, named as it writes itself: <c>layer1.0:s</c>.</param>
    /// <param name="recompute">Whether activations are computed again.</param>
    public static GraphProgram Build(
        Module model,
        Shape itemShape,
        Optimizer? optimizer,
        double labelSmoothing,
        Shape? labelShape,
        TapKinds taps,
        out IReadOnlyList<TapSeries> series,
        bool recompute = false)
    {
        Tensor logits = Tracer.Trace(model, itemShape, training: true);
        ComputationGraph graph = logits.Graph;
        Tensor labels = graph.Input("labels", labelShape ?? Shape.Batch());
        Tensor loss = Ops.SoftmaxCrossEntropy(logits, labels, labelSmoothing, "", 0);
        Dictionary<string, Tensor> outputs = new()
        {
            ["loss"] = loss,
            ["correct"] = Ops.CountCorrect(logits, labels, "", 0),
            ["logits"] = logits,
        };

        Parameter[] trained = [.. model.Parameters.Where(parameter => !parameter.IsFrozen)];
        if (trained.Length == 0)
        {
            throw new ArgumentException("Every parameter of the model is frozen, so there is nothing to train. Leave a part out of it.", nameof(model));
        }

        IReadOnlyDictionary<Variable, Tensor> gradients = Differentiate.Loss(
            loss, trained, out IReadOnlyDictionary<Tensor, Tensor> values);
        if (optimizer is not null)
        {
            outputs.Add("guard", graph.Add(new FiniteGuardOp(gradients.Count), [loss, .. gradients.Values]));
            optimizer.AddUpdates(graph, trained, gradients);
        }
        else
        {
            foreach ((Variable variable, Tensor gradient) in gradients)
            {
                outputs.Add($"grad.{variable.Name}", gradient);
            }
        }

        (series, IReadOnlyDictionary<string, Tensor> observations) = TapGraph.Add(model, graph, gradients, values, taps);
        GraphProgram program = new(graph, outputs, observations);
        return recompute ? Recompute.Apply(program, loss) : program;
    }
}
