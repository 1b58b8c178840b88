using System.Diagnostics;

namespace StepNet.Tests.Experiments.Charts;

/// <summary>A real browser without a window, which lays out and runs what the tests give it.</summary>
internal static class Chromium
{
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Skips the test where there is none.</summary>
    internal static void SkipWhereMissing() => Assert.SkipWhen(
        Program is null, "No chromium, chromium-browser or google-chrome on the PATH; on Debian: apt-get install chromium.");

    /// <summary>Opens a page and returns its document, serialised after its scripts have run.</summary>
    /// <param name="html">The page.</param>
    /// <param name="dark">Whether the reader prefers dark pages.</param>
    internal static string Open(string html, bool dark = false)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("stepnet-chromium-");
        try
        {
            string page = Path.Combine(folder.FullName, "page.html");
            File.WriteAllText(page, html);
            ProcessStartInfo start = new(Program!,
                ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", $"--user-data-dir={folder.FullName}/profile",
                $"--blink-settings=preferredColorScheme={(dark ? 0 : 1)}", "--virtual-time-budget=20000", "--dump-dom", new Uri(page).AbsoluteUri])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string document = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{Program} ended with {process.ExitCode}: {errors.Result}");
            return document;
        }
        finally
        {
            Remove(folder);
        }
    }

    // The browser's helpers may write into the profile for a moment after it has ended. What stays all the same is no fault of the page.
    private static void Remove(DirectoryInfo folder)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                folder.Delete(recursive: true);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(100);
            }
        }
    }
}
