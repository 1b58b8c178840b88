using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StepNet.Execution;
using StepNet.Graph;
using StepNet.Imaging;
using StepNet.Models;
using StepNet.Nn;

namespace StepNet.Inference;

/// <summary>
/// A trained model inside an application: images or texts in, classes with probabilities out. Safe from any number of threads at
/// once; a prediction is the same, bit for bit, whatever else runs beside it (a batch of several rounds otherwise than one item).
/// </summary>
/// <remarks>
/// Predictions run over one immutable program, on at most <see cref="ClassifierOptions.Concurrency"/> executors that are kept and
/// used again, so memory stays flat. A token is heeded while a caller waits for its turn and between parts of a batch.
/// </remarks>
public sealed class Classifier : IDisposable
{
    private readonly ClassifierOptions _options;
    private readonly CompiledModel _compiled;
    private readonly ItemPreparation _preparation;
    private readonly ExecutorPool _pool;
    private readonly ILogger _logger;

    /// <summary>A classifier over a model in memory, whose present values it takes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Classifier(TrainedModel model, ClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = options ?? new ClassifierOptions();
        _options.Check();
        (Card, _compiled) = (model.Card, model.Compiled);
        _logger = _options.Logger ?? NullLogger.Instance;
        _preparation = new ItemPreparation(Card);
        int threads = ThreadCount.Resolve(_options.Threads);
        int concurrency = _options.Concurrency > 0 ? _options.Concurrency : Environment.ProcessorCount;
        _pool = new ExecutorPool(_compiled, _options.MaxBatch, threads, concurrency);
        if (!model.SaysNormalization)
        {
            _logger.NotNormalized(Card.Name);
        }

        _logger.Loaded(Card.Name, model.Network.ParameterCount, $"{Card.Item}", Card.Classes.Count, threads, concurrency);
    }

    /// <summary>What the model is: network, shape of an item, class names, normalisation.</summary>
    public ModelCard Card { get; }

    /// <summary>Class names, one a logit.</summary>
    public IReadOnlyList<string> Classes => Card.Classes;

    /// <summary>Whether the model reads images, <c>[C, H, W]</c>.</summary>
    public bool ReadsImages => _preparation.ReadsImages;

    /// <summary>Whether the model reads texts, character by character.</summary>
    public bool ReadsTexts => _preparation.ReadsTexts;

    /// <summary>Loads a model file of <c>stepnet train</c>, or the one in a run folder.</summary>
    /// <param name="path">Of the file or folder.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <inheritdoc cref="TrainedModel.Load(string)"/>
    public static Classifier Load(string path, ClassifierOptions? options = null) => new(TrainedModel.Load(path), options);

    /// <summary>
    /// Loads the values of a network that the caller describes; <see cref="TrainedModel"/> takes more: class names, and the normalisation
    /// of pixels. A file that says nothing of it, such as one of another program, gets pixels in [0, 1] here, and the logger a warning.
    /// </summary>
    /// <param name="path">A model file with PyTorch's names, or a run folder.</param>
    /// <param name="network">The network, whose number of classes is the file's.</param>
    /// <param name="options">How to run; null for the defaults.</param>
    /// <inheritdoc cref="TrainedModel.Load(string, ResNetOptions, Shape?, IReadOnlyList{string}?, IReadOnlyList{float}?, IReadOnlyList{float}?)"/>
    public static Classifier Load(string path, ResNetOptions network, ClassifierOptions? options = null) =>
        new(TrainedModel.Load(path, network), options);

    /// <summary>Classifies a picture: scaled, cut and normalised as images of one's own are in training.</summary>
    /// <param name="image">Of any size.</param>
    /// <param name="cancellation">Ends the wait for a turn.</param>
    /// <exception cref="InvalidOperationException">The model reads no images.</exception>
    /// <exception cref="OperationCanceledException">The token said so.</exception>
    public Prediction Predict(RgbImage image, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return PredictOne(image, static (classifier, image, item) => classifier.Prepare(image, item), cancellation);
    }

    /// <summary>Classifies a picture in a JPEG, PNG or BMP file, or of a format that <see cref="ImageDecoders"/> was given a decoder for.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="cancellation">Ends the wait for a turn.</param>
    /// <exception cref="ImageException">The file cannot be read, is no image, damaged or too large; the message is one line and names it.</exception>
    /// <exception cref="InvalidOperationException">The model reads no images.</exception>
    /// <exception cref="OperationCanceledException">The token said so.</exception>
    public Prediction PredictFile(string path, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            return Predict(stream, cancellation);
        }
        catch (Exception e) when (e is ImageException or IOException or UnauthorizedAccessException)
        {
            throw new ImageException($"Image '{path}': {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}.", e);
        }
    }

    /// <summary>Classifies a picture in a stream, which is read to its end, or to the limit of bytes.</summary>
    /// <param name="image">The bytes of an image file.</param>
    /// <param name="cancellation">Ends the wait for a turn.</param>
    /// <exception cref="ImageException">It is no image, damaged or too large; the message is one line.</exception>
    /// <exception cref="InvalidOperationException">The model reads no images.</exception>
    /// <exception cref="OperationCanceledException">The token said so.</exception>
    public Prediction Predict(Stream image, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        byte[] file = ImageBytes.Read(image, _options.MaxImageBytes, _logger);
        return PredictOne(file, static (classifier, file, item) => classifier.Prepare(classifier.Decode(file), item), cancellation);
    }

    /// <summary>As <see cref="Predict(Stream, CancellationToken)"/>, without holding a thread while it reads and waits: for servers.</summary>
    /// <inheritdoc cref="Predict(Stream, CancellationToken)"/>
    public async Task<Prediction> PredictAsync(Stream image, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        byte[] file = await ImageBytes.ReadAsync(image, _options.MaxImageBytes, _logger, cancellation).ConfigureAwait(false);
        await _pool.EnterAsync(cancellation).ConfigureAwait(false);
        return InTurn(file, static (classifier, file, item) => classifier.Prepare(classifier.Decode(file), item), cancellation);
    }

    /// <summary>Classifies a text.</summary>
    /// <param name="text">Of any length, blanks around it apart; what goes beyond the model's is cut off.</param>
    /// <param name="cancellation">Ends the wait for a turn.</param>
    /// <exception cref="InvalidOperationException">The model reads no texts.</exception>
    /// <exception cref="OperationCanceledException">The token said so.</exception>
    public Prediction PredictText(string text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PredictOne(text, static (classifier, text, item) => classifier.Prepare(text, item), cancellation);
    }

    /// <summary>Classifies items that are prepared already.</summary>
    /// <param name="batch"><c>[N, ...]</c> of the model's items, N at least 1: normalised images <c>[N, C, H, W]</c>, codes of texts <c>[N, L]</c>.</param>
    /// <param name="cancellation">Ends the wait for a turn, and the work between parts of the batch.</param>
    /// <returns>One for each item.</returns>
    /// <exception cref="ShapeMismatchException">The items have another shape.</exception>
    /// <exception cref="OperationCanceledException">The token said so.</exception>
    public IReadOnlyList<Prediction> Predict(NdArray batch, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Check(batch);
        int count = batch.Dims[0], size = Card.Item.ItemCount;
        List<Prediction> predictions = new(count);
        for (int first = 0; first < count; first += _options.MaxBatch)
        {
            int n = Math.Min(_options.MaxBatch, count - first);
            _pool.Enter(cancellation);
            try
            {
                cancellation.ThrowIfCancellationRequested();
                predictions.AddRange(Run(n, batch.Values.AsSpan(first * size, n * size)));
            }
            finally
            {
                _pool.Leave();
            }
        }

        return predictions;
    }

    /// <summary>The logits of items that are prepared already.</summary>
    /// <returns><c>[N, classes]</c>.</returns>
    /// <inheritdoc cref="Predict(NdArray, CancellationToken)"/>
    public NdArray Logits(NdArray batch, CancellationToken cancellation = default)
    {
        IReadOnlyList<Prediction> predictions = Predict(batch, cancellation);
        return new NdArray([.. predictions.SelectMany(prediction => prediction.Logits)], predictions.Count, Classes.Count);
    }

    /// <summary>A picture as the model reads it: a row of <see cref="Predict(NdArray, CancellationToken)"/>'s batch.</summary>
    /// <param name="image">Of any size.</param>
    /// <param name="item">Receives the item's values, channels first.</param>
    /// <exception cref="InvalidOperationException">The model reads no images.</exception>
    public void Prepare(RgbImage image, Span<float> item)
    {
        ArgumentNullException.ThrowIfNull(image);
        _preparation.Image(image, item[..Card.Item.ItemCount]);
    }

    /// <summary>A text as the model reads it: a row of <see cref="Predict(NdArray, CancellationToken)"/>'s batch.</summary>
    /// <param name="text">Of any length; what goes beyond the model's is cut off.</param>
    /// <param name="item">Receives the codes of its characters, padded behind.</param>
    /// <exception cref="InvalidOperationException">The model reads no texts.</exception>
    public void Prepare(ReadOnlySpan<char> text, Span<float> item) => _preparation.Text(text, item[..Card.Item.ItemCount]);

    /// <summary>Frees the buffers; those of predictions under way as soon as these end.</summary>
    public void Dispose() => _pool.Dispose();

    private Prediction PredictOne<T>(T input, Action<Classifier, T, float[]> prepare, CancellationToken cancellation)
    {
        _pool.Enter(cancellation);
        return InTurn(input, prepare, cancellation);
    }

    // Pictures are decoded within a turn: one of 25 million pixels takes 75 MB, so not all callers that wait may hold one.
    private Prediction InTurn<T>(T input, Action<Classifier, T, float[]> prepare, CancellationToken cancellation)
    {
        float[] item = ArrayPool<float>.Shared.Rent(Card.Item.ItemCount);
        try
        {
            prepare(this, input, item);
            cancellation.ThrowIfCancellationRequested();
            return Run(1, item.AsSpan(0, Card.Item.ItemCount))[0];
        }
        finally
        {
            ArrayPool<float>.Shared.Return(item);
            _pool.Leave();
        }
    }

    private Prediction[] Run(int n, ReadOnlySpan<float> items)
    {
        long start = Stopwatch.GetTimestamp();
        int classes = Classes.Count;
        float[] logits = ArrayPool<float>.Shared.Rent(n * classes);
        _pool.Run(n, items, logits.AsSpan(0, n * classes));
        Prediction[] predictions = new Prediction[n];
        for (int i = 0; i < n; i++)
        {
            predictions[i] = new Prediction(Classes, logits.AsSpan(i * classes, classes), _options.Temperature);
        }

        ArrayPool<float>.Shared.Return(logits);
        _logger.Predicted(n, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        return predictions;
    }

    private RgbImage Decode(byte[] file)
    {
        try
        {
            return ImageDecoders.Decode(file, _options.MaxPixels);
        }
        catch (ImageException e)
        {
            _logger.Refused(e.Message);
            throw;
        }
    }

    private void Check(NdArray batch)
    {
        if (batch.Dims.Count == 0 || batch.Dims[0] < 1 || !batch.Dims.Skip(1).SequenceEqual(Card.Item.Dims))
        {
            throw new ShapeMismatchException(
                $"{Card.Name}: got [{string.Join(", ", batch.Dims)}], needs {_compiled.InputShape} with at least one item.");
        }
    }
}
