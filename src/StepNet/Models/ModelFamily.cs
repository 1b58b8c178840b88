using System.Globalization;

namespace StepNet.Models;

/// <summary>Networks of one kind, which a number in their names tells apart: <c>resnet20</c>, <c>resnet110</c>.</summary>
public sealed record ModelFamily
{
    private readonly Func<int, IReadOnlyList<int>> _nearest;
    private readonly Func<int, ResNetOptions> _make;

    internal ModelFamily(
        string prefix, string summary, string numbers, IReadOnlyList<int> examples,
        Func<int, IReadOnlyList<int>> nearest, Func<int, ResNetOptions> make)
    {
        (Prefix, Summary, Numbers, _nearest, _make) = (prefix, summary, numbers, nearest, make);
        Examples = [.. examples.Select(number => make(number).Name)];
    }

    /// <summary>Start of the names: <c>resnet</c>.</summary>
    public string Prefix { get; }

    /// <summary>What it is, in a line.</summary>
    public string Summary { get; }

    /// <summary>The numbers that a name can end in, in words: <c>6n + 2</c>.</summary>
    public string Numbers { get; }

    /// <summary>Names that the papers use.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>How the names read: <c>resnetN</c>, or the one name that there is.</summary>
    public string Pattern => _nearest(1) is [int a] && _nearest(int.MaxValue) is [int b] && a == b
        ? Prefix + a.ToString(CultureInfo.InvariantCulture) : Prefix + "N";

    /// <summary>The network of that number.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public ResNetOptions Options(int number)
    {
        IReadOnlyList<int> near = _nearest(number);
        return near.Contains(number) ? _make(number) : throw new ArgumentException(
            $"'{Prefix}{number}' is no model: the number must be {Numbers}. "
            + $"Nearest: {string.Join(", ", near.Select(n => _make(n).Name))}.");
    }
}
