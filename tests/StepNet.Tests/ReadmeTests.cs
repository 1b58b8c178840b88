using StepNet.Export;
using StepNet.Inference;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Tests;

/// <summary>What the README shows compiles, runs, and is what stands there.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void LibraryExample_Runs()
    {
        CifarResNet model = new(new CifarResNetOptions { Depth = 20, Step = 0.1, Skip = CoefficientSpec.LearnedFrom(1) });
        model.Initialize(seed: 1);
        NdArray logits = model.Run(new NdArray(new float[3 * 32 * 32], 1, 3, 32, 32));

        Assert.Equal([1, 10], logits.Dims);
        Assert.All(logits.Values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void LibraryExample_StandsInTheReadme()
    {
        string readme = File.ReadAllText(Path.Combine(Checkout.Root, "README.md"));
        IEnumerable<string> code = readme.Split("```csharp").Skip(1).Select(block => block.Split("```")[0]);
        string here = File.ReadAllText(Path.Combine(Checkout.Root, "tests", "StepNet.Tests", "ReadmeTests.cs"));

        Assert.All(
            code.SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            line => Assert.Contains(line, here, StringComparison.Ordinal));
    }

    [Fact]
    public void ClassifierExample_WithoutTheRunFolder_SaysSo() =>
        Assert.StartsWith("'runs/pictures' cannot be read (", Assert.Throws<SafeTensorsException>(() => ClassifierExample()).Message, StringComparison.Ordinal);

    private static ClassProbability ClassifierExample()
    {
        using Classifier classifier = Classifier.Load("runs/pictures");
        ClassProbability best = classifier.PredictFile("cat.jpg").Best;
        return best;
    }
}
