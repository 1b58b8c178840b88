using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>
/// Ten figures on noisy grounds, generated: colour images <c>[3, 32, 32]</c> that need no download. Place, size, angle,
/// colours and textures are random and figure and ground exchange roles freely, so a pixel by itself tells nothing about the
/// class: a linear model stays near chance, a small convolutional network learns the set.
/// </summary>
/// <remarks>
/// Item <c>i</c> is a function of (seed, split, i) alone, class <c>i mod 10</c>; any number of threads may read. Drawing uses
/// only operations that IEEE 754 rounds exactly (no sine, no logarithm), so the bits are the same on every machine.
/// </remarks>
public sealed class ShapesDataset : IDataset
{
    private const int Size = 32;

    private readonly ulong _seed;
    private readonly ulong _splitKey;

    /// <param name="count">Number of items, at least 1; a longer set begins with the items of a shorter one.</param>
    /// <param name="seed">Seed of all items.</param>
    /// <param name="split">Name of the split, such as "train" or "test"; every name gives items of its own.</param>
    public ShapesDataset(int count, ulong seed, string split)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentException.ThrowIfNullOrEmpty(split);
        (Count, _seed, _splitKey) = (count, seed, CounterRandom.KeyOf(split));
    }

    private enum Figure
    {
        Disc, Ring, Square, Frame, Triangle, Cross, Star, Crescent, Hourglass, Bars,
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public Shape ItemShape { get; } = Shape.Of(3, Size, Size);

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => ClassNames;

    internal static IReadOnlyList<string> ClassNames { get; } =
        ["disc", "ring", "square", "frame", "triangle", "cross", "star", "crescent", "hourglass", "bars"];

    /// <inheritdoc/>
    public int Read(int index, Span<float> item)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        CounterRandom random = new(_seed, _splitKey, (ulong)index);
        int label = index % Classes.Count;
        Draw((Figure)label, ref random, item[..(3 * Size * Size)]);
        return label;
    }

    private static void Draw(Figure figure, ref CounterRandom random, Span<float> item)
    {
        // Place and size: the whole figure stays in the picture, give or take a corner.
        float radius = Uniform(ref random, 8, 13), slack = 15.5f - radius;
        float x0 = 15.5f + Uniform(ref random, -slack, slack), y0 = 15.5f + Uniform(ref random, -slack, slack);
        (float cos, float sin) = Direction(ref random);

        // Colours lie symmetric about a grey-ish middle, at least 0.44 apart: which side is the figure's is chance.
        (float r, float g, float b) = UnitVector(ref random);
        float half = Uniform(ref random, 0.22f, 0.40f), noise = Uniform(ref random, 0.02f, 0.08f);
        (float mr, float mg, float mb) = (Middle(ref random), Middle(ref random), Middle(ref random));
        Texture inside = new(ref random, mr + (half * r), mg + (half * g), mb + (half * b));
        Texture ground = new(ref random, mr - (half * r), mg - (half * g), mb - (half * b));

        Span<float> red = item[..(Size * Size)], green = item.Slice(Size * Size, Size * Size), blue = item[(2 * Size * Size)..];
        CounterRandom grain = new(random.NextBits());
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                int p = (y * Size) + x;
                float dx = (x - x0) / radius, dy = (y - y0) / radius;
                float distance = radius * Distance(figure, (cos * dx) + (sin * dy), (cos * dy) - (sin * dx));

                // One pixel of soft edge. Four 16-bit numbers from one draw: grain of three channels, and the speckle.
                float cover = Math.Clamp(0.5f - distance, 0f, 1f);
                ulong bits = grain.BitsAt((ulong)p);
                float speckle = ((bits >> 48) & 3) == 0 ? 1f : -0.3f;
                float ti = inside.At(x, y, speckle), tg = ground.At(x, y, speckle);
                red[p] = Mix(inside.Red + (ti * inside.Accent), ground.Red + (tg * ground.Accent), cover, noise, bits);
                green[p] = Mix(inside.Green + (ti * inside.Accent), ground.Green + (tg * ground.Accent), cover, noise, bits >> 16);
                blue[p] = Mix(inside.Blue + (ti * inside.Accent), ground.Blue + (tg * ground.Accent), cover, noise, bits >> 32);
            }
        }

        static float Middle(ref CounterRandom random) => Uniform(ref random, 0.35f, 0.65f);

        static float Mix(float inside, float ground, float cover, float noise, ulong bits)
        {
            float grain = ((bits & 0xFFFF) * (2f / 65535f)) - 1f;
            return Math.Clamp(ground + (cover * (inside - ground)) + (noise * grain), 0f, 1f);
        }
    }

    /// <summary>Distance to the edge, negative inside, for a figure of radius 1 about the origin; exact near the edge.</summary>
    private static float Distance(Figure figure, float x, float y)
    {
        float ax = Math.Abs(x), ay = Math.Abs(y);
        switch (figure)
        {
            case Figure.Disc:
                return Length(x, y) - 0.85f;
            case Figure.Ring:
                return Math.Abs(Length(x, y) - 0.72f) - 0.2f;
            case Figure.Square:
                return Math.Max(ax, ay) - 0.74f;
            case Figure.Frame:
                return Math.Abs(Math.Max(ax, ay) - 0.62f) - 0.18f;
            case Figure.Triangle:
                // Three half-planes 0.5 from the centre, their normals 120 degrees apart.
                return Math.Max((0.8660254f * ax) + (0.5f * y), -y) - 0.5f;
            case Figure.Cross:
                return Math.Min(Math.Max(ax - 0.29f, ay - 0.98f), Math.Max(ax - 0.98f, ay - 0.29f));
            case Figure.Star:
                return Star(ax, y);
            case Figure.Crescent:
                return Math.Max(Length(x, y) - 0.95f, 0.74f - Length(x - 0.48f, y));
            case Figure.Hourglass:
                return Math.Max(0.7071068f * (ax - ay - 0.06f), ay - 0.82f);
            default:
                return Math.Max(Math.Abs(ax - 0.52f) - 0.24f, ay - 0.85f);
        }
    }

    // The pentagram is what lies behind at most one of its five edges: the second largest of five distances.
    private static float Star(float ax, float y)
    {
        const float cos18 = 0.9510565f, sin18 = 0.3090170f, cos54 = 0.5877853f, sin54 = 0.8090170f;
        float first = -y, second = float.NegativeInfinity;
        Rank((cos18 * ax) - (sin18 * y));
        Rank((-cos18 * ax) - (sin18 * y));
        Rank((cos54 * ax) + (sin54 * y));
        Rank((-cos54 * ax) + (sin54 * y));
        return second - 0.34f;

        void Rank(float d) => (first, second) = d > first ? (d, first) : (first, Math.Max(second, d));
    }

    private static float Length(float x, float y) => MathF.Sqrt((x * x) + (y * y));

    private static float Uniform(ref CounterRandom random, float low, float high) =>
        low + ((high - low) * (float)random.NextDouble());

    // By rejection from the square and the cube: a direction without sine and cosine.
    private static (float X, float Y) Direction(ref CounterRandom random)
    {
        float x, y, square;
        do
        {
            (x, y) = (Uniform(ref random, -1, 1), Uniform(ref random, -1, 1));
            square = (x * x) + (y * y);
        }
        while (square is > 1f or < 0.01f);

        float length = MathF.Sqrt(square);
        return (x / length, y / length);
    }

    private static (float X, float Y, float Z) UnitVector(ref CounterRandom random)
    {
        float x, y, z, square;
        do
        {
            (x, y, z) = (Uniform(ref random, -1, 1), Uniform(ref random, -1, 1), Uniform(ref random, -1, 1));
            square = (x * x) + (y * y) + (z * z);
        }
        while (square is > 1f or < 0.01f);

        float length = MathF.Sqrt(square);
        return (x / length, y / length, z / length);
    }

    /// <summary>A colour and how its brightness varies over the picture: not at all, in a gradient, stripes or speckles.</summary>
    private readonly struct Texture
    {
        private readonly int _kind;
        private readonly float _dx;
        private readonly float _dy;
        private readonly float _phase;

        internal Texture(ref CounterRandom random, float red, float green, float blue)
        {
            (Red, Green, Blue) = (red, green, blue);
            _kind = random.NextInt(4);
            (float x, float y) = Direction(ref random);

            // Gradients cross the picture once, stripes repeat every 3.5 to 7 pixels.
            float period = _kind == 1 ? 64f : Uniform(ref random, 3.5f, 7f);
            (_dx, _dy, _phase) = (x / period, y / period, Uniform(ref random, 0, 1));
            Accent = Uniform(ref random, 0.04f, 0.12f);
        }

        internal float Red { get; }

        internal float Green { get; }

        internal float Blue { get; }

        /// <summary>How far brightness varies to either side.</summary>
        internal float Accent { get; }

        /// <summary>Brightness at a pixel, in [-1, 1].</summary>
        internal float At(int x, int y, float speckle) => _kind switch
        {
            1 => Math.Clamp(4f * (((x - 15.5f) * _dx) + ((y - 15.5f) * _dy)), -1f, 1f),
            2 => Wave((x * _dx) + (y * _dy) + _phase),
            3 => speckle,
            _ => 0f,
        };

        // Triangle wave of period 1.
        private static float Wave(float t) => (4f * Math.Abs(t - MathF.Floor(t) - 0.5f)) - 1f;
    }
}
