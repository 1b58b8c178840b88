namespace StepNet.Nn;

/// <summary>How a step factor h or a skip weight s is to be made: its kind, its start, and which blocks share it.</summary>
/// <param name="Start">The number, where learning starts from, or the standard deviation of a random start.</param>
/// <param name="Kind">Fixed, or trained in one of the ways there are.</param>
/// <param name="Scope">Which blocks share it; fixed ones have nothing to share.</param>
public sealed record CoefficientSpec(
    DepthNumber Start, CoefficientKind Kind = CoefficientKind.Fixed, CoefficientScope Scope = CoefficientScope.Block)
{
    private const string IdentityPrefix = "identity=";
    private const string ProjectionPrefix = ",projection=";

    /// <summary>What blocks with a projection take instead; null where all blocks are alike.</summary>
    public CoefficientSpec? Projection { get; init; }

    /// <summary>Whether it is trained.</summary>
    public bool Learned => Kind != CoefficientKind.Fixed;

    /// <summary>A fixed number.</summary>
    public static implicit operator CoefficientSpec(double value) => FromDouble(value);

    /// <summary>A fixed number.</summary>
    public static CoefficientSpec FromDouble(double value) => new((DepthNumber)value);

    /// <summary>Trained from <paramref name="initial"/>.</summary>
    public static CoefficientSpec LearnedFrom(DepthNumber initial, CoefficientScope scope = CoefficientScope.Block) =>
        new(initial, CoefficientKind.Learned, scope);

    /// <summary>
    /// Reads a number (<c>0.1</c>, <c>1/sqrt(L)</c>, <c>1/L</c>), <c>learned:INIT</c>, <c>channel:INIT</c> or <c>normal:STD</c>, with
    /// a scope behind it (<c>learned:0.1@stage</c>), or one for each kind of block (<c>identity=learned:0,projection=normal:0.05</c>).
    /// </summary>
    /// <exception cref="FormatException">The text is none of these; the message is one line and says what is expected.</exception>
    public static CoefficientSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int second = text.IndexOf(ProjectionPrefix, StringComparison.OrdinalIgnoreCase);
        if (second < 0 || !text.StartsWith(IdentityPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return ParseOne(text);
        }

        CoefficientSpec identity = ParseOne(text[IdentityPrefix.Length..second]);
        CoefficientSpec projection = ParseOne(text[(second + ProjectionPrefix.Length)..]);
        return new[] { identity, projection }.All(spec => spec.Scope is CoefficientScope.Block or CoefficientScope.Kind)
            ? identity with { Projection = projection }
            : throw new FormatException($"'{text}': identity and projection blocks differ, so the scope is @block or @kind.");
    }

    /// <summary>One coefficient of this kind.</summary>
    /// <param name="blocks">Residual blocks in the network: L.</param>
    /// <param name="channels">Channels that the block writes.</param>
    public Coefficient Create(int blocks = 1, int channels = 1) => new(this, blocks, channels);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString()
    {
        string one = Kind == CoefficientKind.Fixed ? $"{Start}" : $"{Word(Kind)}:{Start}";
        one += Scope == CoefficientScope.Block ? "" : $"@{Word(Scope)}";
        return Projection is null ? one : $"{IdentityPrefix}{one}{ProjectionPrefix}{Projection}";
    }

    private static CoefficientSpec ParseOne(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal), at = text.IndexOf('@', StringComparison.Ordinal);
        if (colon < 0)
        {
            return at > 0 && DepthNumber.TryParse(text[..at], out _)
                    ? throw new FormatException($"'{text}': a fixed number has no scope. Give learned:{text} to train one that blocks share.")
                : DepthNumber.TryParse(text, out DepthNumber value) ? new CoefficientSpec(value)
                : throw Fault(text);
        }

        if (!TryWord(text[..colon], out CoefficientKind kind) || kind == CoefficientKind.Fixed
            || !DepthNumber.TryParse(at < 0 ? text[(colon + 1)..] : text[(colon + 1)..Math.Max(at, colon + 1)], out DepthNumber start))
        {
            throw Fault(text);
        }

        CoefficientScope scope = CoefficientScope.Block;
        if (at >= 0 && !TryWord(text[(at + 1)..], out scope))
        {
            throw new FormatException($"'{text}': scope '{text[at..]}', expected @block, @stage, @kind or @network.");
        }

        if (kind == CoefficientKind.Channel && scope is CoefficientScope.Kind or CoefficientScope.Network)
        {
            throw new FormatException($"'{text}': stages differ in channels, so one value a channel is shared by @block or @stage.");
        }

        return kind == CoefficientKind.Normal && start.Factor < 0
            ? throw new FormatException($"'{text}': a standard deviation is 0 or more.")
            : new CoefficientSpec(start, kind, scope);
    }

    private static FormatException Fault(string text) => new(
        $"'{text}' is not a coefficient. Give a number such as 0.1 or 1/sqrt(L), learned:0.1 to train it from there, "
        + "channel:0.1 for one value a channel, or normal:0.05 for a random start.");

    private static bool TryWord<T>(string text, out T value)
        where T : struct, Enum
    {
        value = Array.Find(Enum.GetValues<T>(), known => string.Equals(Word(known), text, StringComparison.OrdinalIgnoreCase));
        return string.Equals(Word(value), text, StringComparison.OrdinalIgnoreCase);
    }

    private static string Word<T>(T value)
        where T : struct, Enum =>
#pragma warning disable CA1308 // Lower case is the form of these words on the command line and in files.
        value.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
