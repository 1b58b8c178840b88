using StepNet.Kernels;
using StepNet.Metrics;

namespace StepNet.Tests.Metrics;

public sealed class CalibrationTests
{
    // Two classes: logits (log p, log(1 - p)) give class 0 the probability p.
    private static LabelledLogits Binary(params (double P, int Label)[] items) => new(
        [.. items.SelectMany(item => new[] { (float)Math.Log(item.P), (float)Math.Log(1 - item.P) })], [.. items.Select(item => item.Label)], 2);

    [Fact]
    public void Reliability_FourItemsInFiveBins_IsAsByHand()
    {
        // Confidences 0.9 and 0.95, one of them right; 0.7 and 0.75, both right (0.25 for class 0 is 0.75 for class 1).
        Reliability reliability = Reliability.Of(Binary((0.9, 0), (0.95, 1), (0.7, 0), (0.25, 1)), bins: 5);

        Assert.Equal([0, 0, 0, 2, 2], reliability.Bins.Select(bin => bin.Items));
        ReliabilityBin sure = reliability.Bins[4], fair = reliability.Bins[3];
        Assert.Equal((0.8, 1.0, 0.5), (sure.Low, sure.High, sure.Accuracy));
        Assert.Equal(0.925, sure.Confidence, 1e-7);
        Assert.Equal(0.725, fair.Confidence, 1e-7);
        Assert.Equal(1.0, fair.Accuracy);
        Assert.True(double.IsNaN(reliability.Bins[0].Accuracy));

        // Half of |0.5 - 0.925| and half of |1 - 0.725|.
        Assert.Equal((0.425 + 0.275) / 2, reliability.ExpectedCalibrationError, 1e-7);
    }

    [Fact]
    public void Reliability_Edges_BelongToTheBinBelow()
    {
        // Equal logits are a confidence of exactly 1/2, the upper edge of the first of two bins; certainty lies in the last.
        Reliability reliability = Reliability.Of(new LabelledLogits([0, 0, 200, -200], [0, 0], 2), bins: 2);

        Assert.Equal([1, 1], reliability.Bins.Select(bin => bin.Items));
        Assert.Equal((0.5, 1.0), (reliability.Bins[0].Confidence, reliability.Bins[1].Confidence));
        Assert.Equal((0.5 + 0) / 2, reliability.ExpectedCalibrationError);
    }

    [Fact]
    public void Loss_Temperature_DividesTheLogits()
    {
        // log(1 + e^-2) and log(1 + e^1) halved by T = 2: log(1 + e^-1) and log(1 + e^0.5).
        LabelledLogits logits = new([2, 0, 0, 1], [0, 0], 2);

        Assert.Equal((Math.Log(1 + Math.Exp(-2)) + Math.Log(1 + Math.E)) / 2, logits.Loss(), 1e-12);
        Assert.Equal((Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(0.5))) / 2, logits.Loss(2), 1e-12);
        Assert.Equal(0, new LabelledLogits([1000, -1000], [0], 2).Loss(), 1e-12);
        Assert.Equal(2000, new LabelledLogits([1000, -1000], [1], 2).Loss(), 1e-9);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(1)]
    [InlineData(3)]
    public void Fit_TwoClasses_IsTheTemperatureByHand(double temperature)
    {
        // Three of four right at a margin m: the loss is least where 1 / (1 + e^(-m / T)) = 3/4, so T = m / log 3.
        float margin = (float)(temperature * Math.Log(3));
        LabelledLogits logits = new([margin, 0, margin, 0, 0, margin, 0, margin], [0, 0, 1, 0], 2);

        Assert.Equal(temperature, TemperatureScaling.Fit(logits), 1e-6 * temperature);
    }

    [Fact]
    public void Fit_ManyClasses_HasTheLeastLoss()
    {
        CounterRandom random = new(1, 2);
        const int n = 200, classes = 7;
        float[] values = new float[n * classes];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++)
        {
            labels[i] = random.NextInt(classes);
            for (int c = 0; c < classes; c++)
            {
                values[(i * classes) + c] = (float)(5 * (random.NextNormal() + (c == labels[i] ? 1 : 0)));
            }
        }

        LabelledLogits logits = new(values, labels, classes);
        double fitted = TemperatureScaling.Fit(logits);

        Assert.InRange(fitted, 2, 20);
        Assert.All([0.9, 0.99, 1.01, 1.1], factor => Assert.True(logits.Loss(fitted * factor) > logits.Loss(fitted)));
        Assert.True(Reliability.Of(logits, fitted).ExpectedCalibrationError < Reliability.Of(logits).ExpectedCalibrationError);
    }

    [Fact]
    public void Fit_LossWithoutAMinimum_IsAnEndOfTheRange()
    {
        Assert.Equal(TemperatureScaling.Least, TemperatureScaling.Fit(new LabelledLogits([1, 0, 0, 1], [0, 1], 2)));
        Assert.Equal(TemperatureScaling.Greatest, TemperatureScaling.Fit(new LabelledLogits([1, 0, 0, 1], [1, 0], 2)));
        Assert.Equal(TemperatureScaling.Greatest, TemperatureScaling.Fit(new LabelledLogits([0, 0], [0], 2)));
    }

    [Theory]
    [InlineData(3, 2, "3 logits for 2 labels of 2 classes; give one a class for each item.")]
    [InlineData(0, 0, "0 logits for 0 labels of 2 classes;")]
    public void LabelledLogits_WrongNumbers_SaysWhich(int logits, int labels, string message) => Assert.StartsWith(
        message, Assert.Throws<ArgumentException>(() => new LabelledLogits(new float[logits], new int[labels], 2)).Message, StringComparison.Ordinal);

    [Fact]
    public void LabelledLogits_StrayLabel_SaysWhich() => Assert.StartsWith(
        "Item 1 has label 2; classes lie in [0, 2).",
        Assert.Throws<ArgumentException>(() => new LabelledLogits(new float[4], [0, 2], 2)).Message, StringComparison.Ordinal);

    [Fact]
    public void Predicted_EqualLogits_IsTheFirst() => Assert.Equal(1, new LabelledLogits([0, 3, 3], [0], 3).Predicted(0));
}
