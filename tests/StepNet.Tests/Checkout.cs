namespace StepNet.Tests;

/// <summary>The checkout that this program was built in.</summary>
internal static class Checkout
{
    /// <summary>The folder of <c>StepNet.slnx</c>.</summary>
    /// <exception cref="InvalidOperationException">The program runs outside of a checkout.</exception>
    public static string Root
    {
        get
        {
            DirectoryInfo? directory = new(AppContext.BaseDirectory);
            while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "StepNet.slnx")))
            {
                directory = directory.Parent;
            }

            return directory?.FullName ?? throw new InvalidOperationException(
                $"No StepNet.slnx above {AppContext.BaseDirectory}: run it from a checkout.");
        }
    }
}
