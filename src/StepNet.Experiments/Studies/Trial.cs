using System.Security.Cryptography;
using System.Text;

namespace StepNet.Experiments.Studies;

/// <summary>One run with all its settings, whatever study asks for it.</summary>
public sealed record Trial
{
    private Trial(string kind, string key, IReadOnlyDictionary<string, string> configuration) => (Kind, Key, Configuration) = (kind, key, configuration);

    /// <summary>Name of its <see cref="ITrialKind"/>.</summary>
    public string Kind { get; }

    /// <summary>Of its folder: 16 hexadecimal digits of the SHA-256 over kind and configuration.</summary>
    public string Key { get; }

    /// <summary>All settings that alter its result, defaults filled in.</summary>
    public IReadOnlyDictionary<string, string> Configuration { get; }

    /// <summary>A trial from what <see cref="ITrialKind.Resolve"/> gave.</summary>
    public static Trial Of(string kind, IReadOnlyDictionary<string, string> configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        StringBuilder text = new($"{kind}\n");
        foreach ((string key, string value) in configuration.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            // Lengths, so that no value can pass for two.
            _ = text.Append(null, $"{key.Length} {key} {value.Length} {value}\n");
        }

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return new Trial(kind, Convert.ToHexStringLower(hash.AsSpan(0, 8)), configuration);
    }
}
