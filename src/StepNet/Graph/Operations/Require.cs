namespace StepNet.Graph;

/// <summary>Shape checks shared by the shape rules.</summary>
internal static class Require
{
    /// <summary>Throws unless the shape is a batch of images.</summary>
    public static void Images(string operation, Shape x)
    {
        if (!x.Batched || x.Dims.Length != 3)
        {
            throw new ShapeMismatchException($"{operation}: got {x}, needs images [N, C, H, W].");
        }
    }

    /// <summary>Throws unless the shape is a batch of sequences.</summary>
    public static void Sequences(string operation, Shape x)
    {
        if (!x.Batched || x.Dims.Length != 2)
        {
            throw new ShapeMismatchException($"{operation}: got {x}, needs sequences [N, C, L].");
        }
    }

    /// <summary>Throws unless the shape is a batch of images or of sequences.</summary>
    public static void Pixels(string operation, Shape x)
    {
        if (!x.Batched || x.Dims.Length is not (2 or 3))
        {
            throw new ShapeMismatchException($"{operation}: got {x}, needs images [N, C, H, W] or sequences [N, C, L].");
        }
    }

    /// <summary>Throws unless the shape is a batch with channels.</summary>
    public static void Channels(string operation, Shape x)
    {
        if (!x.Batched || x.Dims.Length == 0)
        {
            throw new ShapeMismatchException($"{operation}: got {x}, needs a batch with channels, [N, C, ...].");
        }
    }

    /// <summary>Throws unless the shapes are logits and labels of one batch.</summary>
    public static void LogitsAndLabels(string operation, Shape logits, Shape labels)
    {
        // Of a single class an index could not be told from a probability.
        bool probabilities = labels == logits && logits.Channels > 1;
        if (!logits.Batched || logits.Dims.Length != 1 || !(labels == Shape.Batch() || probabilities))
        {
            throw new ShapeMismatchException(
                $"{operation}: got logits {logits} and labels {labels}, needs [N, classes] and [N], or twice [N, classes].");
        }
    }

    /// <summary>Throws unless the shapes are equal.</summary>
    public static void Equal(string operation, Shape a, Shape b)
    {
        if (a != b)
        {
            throw new ShapeMismatchException($"{operation}: got {a} and {b}, needs two equal shapes.");
        }
    }

    /// <summary>Throws unless <paramref name="vector"/> has one number a channel of <paramref name="x"/>.</summary>
    public static void PerChannel(string operation, Shape x, Shape vector)
    {
        if (!x.Batched || x.Dims.Length == 0 || vector != Shape.Of(x.Channels))
        {
            throw new ShapeMismatchException(
                $"{operation}: got {vector} for {x}, needs a batch with channels and one number for each: [{x.Channels}].");
        }
    }

    /// <summary>Throws unless <paramref name="c"/> is one number, or one for each channel of <paramref name="x"/>.</summary>
    public static void Coefficient(string operation, Shape x, Shape c)
    {
        if (c != Shape.Scalar && !(x.Batched && c == Shape.Of(x.Channels)))
        {
            throw new ShapeMismatchException(
                $"{operation}: got {c} for {x}, needs one number [] or one for each channel: [{x.Channels}].");
        }
    }

    /// <summary>Throws unless the shape is one number.</summary>
    public static void Scalar(string operation, Shape x)
    {
        if (x != Shape.Scalar)
        {
            throw new ShapeMismatchException($"{operation}: got {x}, needs one number [].");
        }
    }
}
