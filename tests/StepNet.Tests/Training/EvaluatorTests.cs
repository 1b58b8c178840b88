using StepNet.Nn;
using StepNet.Training;

namespace StepNet.Tests.Training;

public sealed class EvaluatorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(11)]
    [InlineData(256)]
    public void Evaluate_AnyBatchSize_CountsExactlyAsByHand(int batchSize)
    {
        TinyNet model = new();
        BrightOrDark set = new(11);
        (int correct, double loss) = ByHand(model, set);
        using Evaluator evaluator = new(model, set, [], batchSize, threads: 1);

        EvaluationResult result = evaluator.Evaluate();

        Assert.Equal((11, correct), (result.Items, result.Correct));
        Assert.Equal(loss, result.Loss, 1e-5);
        Assert.Equal(correct / 11.0, result.Accuracy);
    }

    [Fact]
    public void Evaluate_ModelChanged_SeesTheNewValues()
    {
        TinyNet model = new();
        using Evaluator evaluator = new(model, new BrightOrDark(8), [], threads: 1);
        double before = evaluator.Evaluate().Loss;
        model.Initialize(99);

        Assert.NotEqual(before, evaluator.Evaluate().Loss);
    }

    private static (int Correct, double Loss) ByHand(TinyNet model, BrightOrDark set)
    {
        int correct = 0;
        double loss = 0;
        for (int i = 0; i < set.Count; i++)
        {
            float[] item = new float[set.ItemShape.ItemCount];
            int label = set.Read(i, item);
            float[] logits = model.Run(new NdArray(item, 1, 1, 4, 4)).Values;
            correct += logits[label] > logits[1 - label] ? 1 : 0;
            loss += Math.Log(1 + Math.Exp(logits[1 - label] - logits[label])) / set.Count;
        }

        return (correct, loss);
    }
}
