using System.Diagnostics;
using StepNet.Tests.Data;

namespace StepNet.Tests;

/// <summary>The page that shows the library: its code is the sample's, and the sample runs.</summary>
public sealed class LibraryPageTests
{
    [Fact]
    public void Page_EveryLineOfCode_IsTheSamples()
    {
        string[] page = File.ReadAllLines(Path.Combine(Checkout.Root, "docs", "library.md"));
        HashSet<string> sample = [.. File.ReadLines(Path.Combine(Checkout.Root, "samples", "LibraryTour", "Program.cs"))];

        bool code = false;
        int lines = 0;
        foreach (string line in page)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                code = !code;
            }
            else if (code)
            {
                Assert.True(sample.Contains(line), $"No line of samples/LibraryTour: {line}");
                lines++;
            }
        }

        Assert.True(lines > 80, $"{lines} lines of code");
    }

    [Fact]
    public void Sample_OverPicturesAndTexts_Runs()
    {
        using PictureFolder folder = new();
        folder.AddMany("pictures/blue", 40, blue: 250, size: 32).AddMany("pictures/dark", 40, blue: 5, size: 32);
        File.WriteAllLines(
            Path.Combine(folder.Path, "reviews.csv"),
            ["text,label", .. Enumerable.Range(0, 20).Select(i => $"words of number {i},{(i % 2 == 0 ? "even" : "odd")}")]);

        // The sample is built with the solution, in the configuration of the tests.
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string sample = Path.Combine(Checkout.Root, "samples", "LibraryTour", "bin", configuration, "net10.0", "LibraryTour.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [sample]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(
            [
                "resnet20: 100 % of 16 test pictures",
                "text-resnet9 of width 32 for texts [64]",
                "loaded resnet8 and network",
                "0.weight: 432 numbers",
                "gradient of 0.weight: True",
                "gradient for the image: True",
            ],
            output.TrimEnd().ReplaceLineEndings("\n").Split('\n'));
        Assert.True(File.Exists(Path.Combine(folder.Path, "mine.onnx")));
    }
}
