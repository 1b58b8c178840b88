using System.Globalization;
using System.Security;
using System.Text;
using System.Xml;

namespace StepNet.Experiments.Charts;

/// <summary>Writes elements of an SVG: escaped, numbers with two decimals and a point, always well formed.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();

    /// <summary>Begins an element that <see cref="Close"/> ends. Attributes are texts or numbers; null leaves one out.</summary>
    internal void Open(string name, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Begin(name, attributes);
        _text.Append('>');
        _open.Push(name);
    }

    /// <summary>Ends the element opened last.</summary>
    internal void Close() => _text.Append("</").Append(_open.Pop()).Append(">\n");

    /// <summary>Writes an element without content.</summary>
    internal void Leaf(string name, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Begin(name, attributes);
        _text.Append("/>\n");
    }

    /// <summary>Writes an element whose content is a text shown on hovering; none where it is null.</summary>
    internal void Hover(string name, string? title, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Open(name, attributes);
        if (title is not null)
        {
            Element("title", title);
        }

        Close();
    }

    /// <summary>Writes an element with text in it.</summary>
    internal void Element(string name, string content, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Begin(name, attributes);
        _text.Append('>').Append(Escape(content)).Append("</").Append(name).Append(">\n");
    }

    /// <summary>Writes a line of text.</summary>
    /// <param name="x">Of the anchor.</param>
    /// <param name="y">Of the base line; with a turn, of the point turned about.</param>
    /// <param name="text">What it says.</param>
    /// <param name="style">Class of the style sheet.</param>
    /// <param name="size">Of the font, pixels.</param>
    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    /// <param name="turned">Reads upwards.</param>
    /// <param name="hover">Shown on hovering, the whole of a shortened text for instance.</param>
    internal void Text(
        double x, double y, string text, string style, double size, string anchor = "start", bool turned = false, string? hover = null)
    {
        Begin("text",
            [("class", style), ("x", turned ? null : x), ("y", turned ? null : y), ("font-size", size),
            ("text-anchor", anchor == "start" ? null : anchor),
            ("transform", turned ? $"translate({Number(x)} {Number(y)}) rotate(-90)" : null)]);
        _text.Append('>').Append(Escape(text));
        if (hover is not null)
        {
            _text.Append("<title>").Append(Escape(hover)).Append("</title>");
        }

        _text.Append("</text>\n");
    }

    /// <summary>Writes a style sheet.</summary>
    internal void Style(string css) => _text.Append("<style>").Append(css).Append("</style>\n");

    /// <summary>A number as all of this file has it: at most two decimals.</summary>
    internal static string Number(double value)
    {
        string text = value.ToString("0.##", CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : text;
    }

    /// <summary>Text fit for XML and HTML: escaped, without characters that XML forbids.</summary>
    internal static string Escape(string text)
    {
        StringBuilder? clean = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(text[i]))
            {
                (clean ??= new StringBuilder(text))[i] = '\uFFFD';
            }
        }

        return SecurityElement.Escape(clean?.ToString() ?? text);
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void Begin(string name, ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        _text.Append('<').Append(name);
        foreach ((string attribute, object? value) in attributes)
        {
            string? text = value switch
            {
                null => null,
                string words => Escape(words),
                int whole => whole.ToString(CultureInfo.InvariantCulture),
                double number => Number(number),
                _ => throw new ArgumentException($"Attribute {attribute} is a {value.GetType().Name}; texts and numbers are known."),
            };
            if (text is not null)
            {
                _text.Append(' ').Append(attribute).Append("=\"").Append(text).Append('"');
            }
        }
    }
}
