// The code of docs/library.md, in its order. It reads a folder 'pictures' and a file 'reviews.csv' where it is started, and writes beside them.
using StepNet.Data;
using StepNet.Execution;
using StepNet.Export;
using StepNet.Graph;
using StepNet.Inference;
using StepNet.Models;
using StepNet.Nn;
using StepNet.Optim;
using StepNet.Passes;
using StepNet.Training;

DatasetEntry own = ImageFolder.Open("pictures", new ImageFolderOptions { ImageSize = 32 });
(IDataset all, IDataset test) = own.Load("");
(IDataset train, IDataset validation) = own.Validation is IDataset aside ? (all, aside) : all.Split(all.Count / 10, seed: 0);

ResNetOptions options = ModelCatalog.Options(own.Defaults.Model).For(own.ItemShape, own.Classes.Count) with { Step = 0.5 };
Module model = options.Create();
model.Initialize(seed: 1);

Normalize normalize = new(own.Mean, own.Std);
Trainer trainer = new(model, new Sgd(momentum: 0.9, own.Defaults.WeightDecay), new TrainingOptions
{
    Epochs = own.Defaults.Epochs,
    BatchSize = own.Defaults.BatchSize,
    Schedule = new OneCycleSchedule(own.Defaults.LearningRate),
    TrainTransforms = [normalize, new RandomCrop(padding: 4), new HorizontalFlip()],
    TestTransforms = [normalize],
});
TrainingResult result = trainer.Run(train, validation, test);

ModelCard card = new() { Options = options, Item = own.ItemShape, Classes = own.Classes, Mean = own.Mean, Std = own.Std };
ModelFile.Save("pictures.safetensors", model, card.ToMetadata());
using Classifier classifier = Classifier.Load("pictures.safetensors");
Console.WriteLine($"{classifier.Card.Name}: {100 * result.Test!.Accuracy:f0} % of {result.Test.Items} test pictures");

DatasetEntry reviews = TextFile.Open("reviews.csv");
ResNetOptions reader = reviews.Defaults.ModelWords.Aggregate(
    ModelCatalog.Options(reviews.Defaults.Model), (network, word) => network.With(word.Key, word.Value));
reader = reader.For(reviews.ItemShape, reviews.Classes.Count);
Console.WriteLine($"{reader.Name} of width {reader.Width} for texts {reader.Item}");

Module mine = new Sequential(
    new Conv2d(3, 16, kernel: 3),
    new ResidualBlock(new Conv2d(16, 16, kernel: 3), skip: 1, step: Coefficient.Learned(0.5)),
    new GlobalAveragePool(),
    new Linear(16, 2));
mine.Initialize(seed: 1);
ModelFile.Save("mine.safetensors", mine);
_ = ModelFile.Load("mine.safetensors", mine);

ModelCard ofMine = new() { Item = Shape.Of(3, 32, 32), Classes = ["cat", "dog"], Mean = [0.5f, 0.5f, 0.5f], Std = [0.25f, 0.25f, 0.25f] };
TrainedModel trained = new(mine, ofMine);
OnnxFile.Save("mine.onnx", trained);

CifarResNetOptions branched = new()
{
    Depth = 8,
    Classes = 2,
    Branch = (inChannels, outChannels, stride) => new Conv2d(inChannels, outChannels, kernel: 3, stride),
};
Module network = branched.Create();
network.Initialize(seed: 1);
ModelFile.Save("branched.safetensors", network);
TrainedModel loaded = TrainedModel.Load(
    "branched.safetensors", branched, classes: ["cat", "dog"], mean: [0.5f, 0.5f, 0.5f], std: [0.25f, 0.25f, 0.25f]);
Console.WriteLine($"loaded {loaded.Card.Name} and {trained.Card.Name}");

SafeTensorFile file = SafeTensors.Read("mine.safetensors");
SafeTensor weight = file.Tensors["0.weight"];
float[] values = weight.ToSingles();                          // [16, 3, 3, 3], row by row
NpyFile.Write("weight.npy", new NdArray(values, 16, 3, 3, 3));
NdArray array = NpyFile.Read("weight.npy");
Console.WriteLine($"0.weight: {array.Values.Length} numbers");

GraphProgram step = TrainingGraph.Build(mine, Shape.Of(3, 32, 32), optimizer: null);
using IExecutor executor = Executors.Create(step, maxBatch: 8);
executor.Feed("input", [.. Enumerable.Range(0, 8 * 3 * 32 * 32).Select(i => MathF.Sin(i))]);
executor.Feed("labels", new float[8]);                        // class of each item, as a number
executor.Run(8);
float[] gradient = new float[16 * 3 * 3 * 3];
executor.Fetch("grad.0.weight", gradient);
Console.WriteLine($"gradient of 0.weight: {gradient.Any(g => g != 0)}");

ComputationGraph graph = new();
Tensor image = graph.Input("image", Shape.Batch(3, 32, 32)), label = graph.Input("label", Shape.Batch());
Tensor loss = Ops.SoftmaxCrossEntropy(mine.Apply(image), label);
Tensor slope = Differentiate.Loss(loss, image)[0]!;
GraphProgram program = new(graph, new Dictionary<string, Tensor> { ["loss"] = loss, ["slope"] = slope });
using IExecutor runner = Executors.Create(program, maxBatch: 1);
runner.Feed("image", new float[3 * 32 * 32]);
runner.Feed("label", [1]);
runner.Run(1);
float[] slopes = new float[3 * 32 * 32];
runner.Fetch("slope", slopes);
Console.WriteLine($"gradient for the image: {slopes.All(float.IsFinite)}");
