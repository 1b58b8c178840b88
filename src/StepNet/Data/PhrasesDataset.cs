using StepNet.Graph;
using StepNet.Kernels;

namespace StepNet.Data;

/// <summary>
/// English sentences of four topics, generated: texts <c>[128]</c> of <see cref="CharacterVocabulary"/> that need no download. Two of
/// three affirm one topic and deny another, in either order, with equally many words of both; up to five letters are wrong. So
/// words alone leave the class open: which clause is denied decides.
/// </summary>
/// <remarks>Item <c>i</c> is a function of (seed, split, i) alone, class <c>i mod 4</c>; any number of threads may read.</remarks>
public sealed class PhrasesDataset : IDataset
{
    /// <summary>Characters of an item, padding included.</summary>
    public const int Length = 128;

    private const int MaxErrors = 5;

    private static readonly string[] s_affirmed = ["today", "in fact", "we saw how", "it is true that", "they say that", "of course"];

    private static readonly string[] s_denied = ["it is false that", "nobody thinks that", "never", "we doubt that", "no longer", "hardly ever"];

    private static readonly string[] s_joints = [", ", "; ", ", but ", " and "];

    // Subjects, verbs and objects of each topic, in the order of the classes.
    private static readonly string[][][] s_topics =
    [
        [
            ["a cold wind", "the storm", "grey fog", "the hail", "a mild front", "heavy rain"],
            ["covers", "soaks", "crosses", "cools", "darkens"],
            ["the valley", "dry meadows", "the far hills", "open fields", "our coast", "the lake"],
        ],
        [
            ["the cook", "a baker", "my aunt", "the new chef", "our host", "the butcher"],
            ["stirs", "roasts", "serves", "salts", "tastes"],
            ["the soup", "fresh bread", "onion pie", "a plum cake", "green beans", "the stew"],
        ],
        [
            ["the keeper", "a sprinter", "our captain", "the referee", "a rower", "the visitors"],
            ["wins", "loses", "starts", "delays", "watches"],
            ["the match", "a long race", "the final", "the second half", "a relay", "the cup"],
        ],
        [
            ["the pilot", "a night train", "the ferry", "our guide", "a cyclist", "the last bus"],
            ["leaves", "reaches", "passes", "circles", "finds"],
            ["the station", "a small port", "the border", "the old town", "an island", "gate nine"],
        ],
    ];

    private readonly ulong _seed;
    private readonly ulong _splitKey;

    /// <param name="count">Number of sentences, at least 1; a longer set begins with the sentences of a shorter one.</param>
    /// <param name="seed">Seed of all sentences.</param>
    /// <param name="split">Name of the split, such as "train" or "test"; every name gives sentences of its own.</param>
    public PhrasesDataset(int count, ulong seed, string split)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentException.ThrowIfNullOrEmpty(split);
        (Count, _seed, _splitKey) = (count, seed, CounterRandom.KeyOf(split));
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public Shape ItemShape { get; } = Shape.Of(Length);

    /// <summary>The classes, in the order of the labels.</summary>
    public static IReadOnlyList<string> ClassNames { get; } = ["weather", "cooking", "sport", "travel"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => ClassNames;

    /// <inheritdoc/>
    public int Read(int index, Span<float> item)
    {
        Span<char> text = stackalloc char[Length];
        int length = Write(index, text);
        for (int i = 0; i < Length; i++)
        {
            item[i] = i < length ? CharacterVocabulary.CodeOf(text[i]) : CharacterVocabulary.Padding;
        }

        return index % Classes.Count;
    }

    /// <summary>The sentence of an item as a reader sees it.</summary>
    public string TextOf(int index)
    {
        Span<char> text = stackalloc char[Length];
        return new string(text[..Write(index, text)]);
    }

    private int Write(int index, Span<char> text)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        CounterRandom random = new(_seed, _splitKey, (ulong)index);
        int topic = index % s_topics.Length, other = (topic + 1 + random.NextInt(s_topics.Length - 1)) % s_topics.Length;
        bool alone = random.NextInt(3) == 0, deniedFirst = random.NextInt(2) == 0;
        Writer writer = new(text, random);
        if (alone)
        {
            writer.Clause(s_affirmed, s_topics[topic]);
        }
        else
        {
            writer.Clause(deniedFirst ? s_denied : s_affirmed, s_topics[deniedFirst ? other : topic]);
            writer.Pick(s_joints);
            writer.Clause(deniedFirst ? s_affirmed : s_denied, s_topics[deniedFirst ? topic : other]);
        }

        writer.Misspell();
        return writer.Length;
    }

    /// <summary>Puts words behind each other; what goes beyond the text is cut off.</summary>
    private ref struct Writer(Span<char> text, CounterRandom random)
    {
        private readonly Span<char> _text = text;
        private CounterRandom _random = random;

        internal int Length { get; private set; }

        internal void Clause(string[] openings, string[][] words)
        {
            Pick(openings);
            foreach (string[] part in words)
            {
                Append(" ");
                Pick(part);
            }
        }

        internal void Pick(string[] choices) => Append(choices[_random.NextInt(choices.Length)]);

        internal void Misspell()
        {
            for (int errors = _random.NextInt(MaxErrors + 1); errors > 0; errors--)
            {
                _text[_random.NextInt(Length)] = (char)('a' + _random.NextInt(26));
            }
        }

        private void Append(ReadOnlySpan<char> word)
        {
            word = word[..Math.Min(word.Length, _text.Length - Length)];
            word.CopyTo(_text[Length..]);
            Length += word.Length;
        }
    }
}
