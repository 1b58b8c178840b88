using StepNet.Data;
using StepNet.Graph;
using StepNet.Kernels;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Training;

IDataset train = new Stripes(count: 512, seed: 1), test = new Stripes(count: 256, seed: 2);
(float[] mean, float[] std) = DatasetStatistics.MeanAndStd(train);
Normalize normalize = new(mean, std);

Module model = new Sequential(
    new Conv2d(1, 16, kernel: 3),
    new BatchNorm2d(16),
    new ResidualBlock(new Conv2d(16, 16, kernel: 3), skip: 1, step: 0.5),
    new GlobalAveragePool(),
    new Linear(16, 2));

TrainingOptions options = new()
{
    Epochs = 5,
    BatchSize = 32,
    TrainTransforms = [normalize, new RandomCrop(padding: 1), new HorizontalFlip()],
    TestTransforms = [normalize],
};
TrainingResult result = new Trainer(model, new Sgd(momentum: 0.9), options)
{
    OnEpoch = epoch => Console.WriteLine($"epoch {epoch.Epoch}: loss {epoch.Loss:f3}"),
}
.Run(train, test: test);
Console.WriteLine($"test accuracy {100 * result.Test!.Accuracy:f1} %");

// A data set of one's own: how many items, their shape, their classes, and how item i is read.
internal sealed class Stripes(int count, ulong seed) : IDataset
{
    public int Count => count;
    public Shape ItemShape => Shape.Of(1, 12, 12);
    public IReadOnlyList<string> Classes => ["horizontal", "vertical"];
    public int Read(int index, Span<float> item)
    {
        // The same numbers whenever and on whatever thread item i is read.
        CounterRandom random = new(seed, (ulong)index);
        int label = index % 2;
        double wave = random.NextUniform(1, 2), phase = random.NextUniform(0, 6);
        for (int i = 0; i < item.Length; i++)
        {
            int along = label == 0 ? i / 12 : i % 12;
            item[i] = (float)(0.5 + (0.2 * Math.Sin((wave * along) + phase)) + (0.4 * random.NextNormal()));
        }

        return label;
    }
}
