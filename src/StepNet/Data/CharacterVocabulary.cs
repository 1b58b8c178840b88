using System.Text;

namespace StepNet.Data;

/// <summary>
/// The 69 characters of VDCNN (Conneau et al. 2017), as codes: 0 padding, 1 unknown, 2 space, then <c>a-z</c>, <c>0-9</c> and the
/// punctuation. Letters are lower-cased.
/// </summary>
public static class CharacterVocabulary
{
    private const string Characters = " abcdefghijklmnopqrstuvwxyz0123456789-,;.!?:'\"/|_#$%^&*~`+=<>()[]{}";

    // Codes of ASCII; everything beyond is unknown.
    private static readonly byte[] s_codes = [.. Enumerable.Range(0, 128).Select(c =>
        (byte)(1 + (Characters.IndexOf(char.ToLowerInvariant((char)c), StringComparison.Ordinal) + 1)))];

    /// <summary>Code behind the end of a text.</summary>
    public const byte Padding = 0;

    /// <summary>Code of every character outside the vocabulary.</summary>
    public const byte Unknown = 1;

    /// <summary>Number of codes, 69: the rows of an embedding.</summary>
    public static int Count => 2 + Characters.Length;

    /// <summary>Codes by code point, from 0, which pads, to 127; the one behind them is that of all others.</summary>
    public static IReadOnlyList<byte> Table { get; } = [Padding, .. s_codes[1..], Unknown];

    /// <summary>Code of a character, in [1, <see cref="Count"/>).</summary>
    public static byte CodeOf(char character) => character < s_codes.Length ? s_codes[character] : Unknown;

    /// <summary>The text of codes, as a network sees it: lower case, the replacement character U+FFFD for what is unknown, without the padding.</summary>
    /// <param name="codes">Codes in [0, <see cref="Count"/>).</param>
    public static string Decode(ReadOnlySpan<float> codes)
    {
        StringBuilder text = new(codes.Length);
        foreach (float code in codes)
        {
            _ = code == Padding ? text : text.Append(code == Unknown ? '\uFFFD' : Characters[(int)code - 2]);
        }

        return text.ToString();
    }

    /// <summary>Codes of a text. A character beyond 16 bits, which is two <c>char</c>s, is one unknown.</summary>
    /// <param name="text">Of any length.</param>
    /// <param name="codes">Receives the codes of as many characters as it is long; what lies behind the text's end stays.</param>
    /// <returns>How many it received.</returns>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> codes)
    {
        int count = 0;
        for (int i = 0; i < text.Length && count < codes.Length; i++)
        {
            codes[count++] = CodeOf(text[i]);
            i += i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 1 : 0;
        }

        return count;
    }
}
