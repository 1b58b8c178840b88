using System.Diagnostics;
using StepNet.Cli;
using StepNet.Training;

namespace StepNet.Tests.Cli;

public sealed class LiveViewTests : IDisposable
{
    private const string Bar = "─", Escape = "\e[", Erase = "\e[J", Green = "\e[32m";

    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Theory]
    [InlineData("xterm", "", true, true)]
    [InlineData("xterm", "1", true, false)]
    [InlineData("dumb", "", false, false)]
    public void Train_OnATerminal_ShowsAViewAndTakesItAway(string term, string noColor, bool view, bool colour)
    {
        string screen = OnATerminal("train --train-items 600 --test-items 100 --epochs 1 --threads 1", term, noColor, stop: false);

        Assert.Equal(view, screen.Contains(Bar, StringComparison.Ordinal));
        Assert.Equal(colour, screen.Contains(Green, StringComparison.Ordinal));
        string rest = screen[(screen.LastIndexOf(Erase, StringComparison.Ordinal) + 1)..];
        Assert.Contains("completed, test accuracy ", rest, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, rest, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[?25", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_CtrlCOnATerminal_TakesTheViewAway()
    {
        string screen = OnATerminal("train --batch 8 --threads 1", "xterm", "", stop: true);

        string rest = screen[screen.LastIndexOf(Erase, StringComparison.Ordinal)..];
        Assert.Contains("interrupted", rest, StringComparison.Ordinal);
        Assert.DoesNotContain(Bar, rest, StringComparison.Ordinal);
        Assert.Contains("code 130", rest, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_WithoutATerminal_WritesNoEscapes()
    {
        (int code, _, string error) = _stepnet.Run("train --train-items 600 --test-items 10 --epochs 1 --threads 1", ("TERM", "xterm"));

        Assert.Equal(0, code);
        Assert.DoesNotContain('\e', error);
    }

    [Fact]
    public void LossCurve_AnyRun_IsTheMeanOfEachColumn()
    {
        LossCurve curve = new(steps: 2 * LossCurve.Columns);
        foreach ((long step, double loss) in (ReadOnlySpan<(long, double)>)[(0, 9), (1, 7), (2, 4), (3, double.NaN), (4, 0)])
        {
            curve.Add(step, loss);
        }

        // Means 8, 4, 0 from the first two steps, of the next the finite one, and the fifth.
        Assert.Equal("c" + "b" + "a" + "  loss 0.000 to 8.000", curve.Draw("abc", 80));
        Assert.Equal("a  loss 0.000 to 8.000", curve.Draw("abc", 22));
        Assert.Equal("", new LossCurve(3).Draw("abc", 80));
    }

    [Fact]
    public void TrainingView_AnyWidth_FitsAndCountsTheEpoch()
    {
        TrainingView view = new(epochs: 2, steps: 4);
        Assert.Empty(view.Lines(80));
        view.Note(new StepResult(0, 0, 0.1, 9, Correct: 0, Items: 8, Seconds: 1));
        view.Note(new EpochResult(1, 1, 9, 0, new EvaluationResult(Items: 4, Correct: 1, Loss: 1), null, 0.1, 1, 8, IsKept: true));
        view.Note(new StepResult(1, 1, 0.1, 4, Correct: 2, Items: 8, Seconds: 1));
        view.Note(new StepResult(2, 1, 0.1, 2, Correct: 4, Items: 8, Seconds: 1));

        Assert.StartsWith("loss 3.000   train 37.5 %   validation 25.0 %   lr 0.1   8 images/s   eta ", view.Lines(200)[1], StringComparison.Ordinal);
        Assert.StartsWith("epoch 2/2  ", view.Lines(200)[0], StringComparison.Ordinal);
        Assert.All(Enumerable.Range(30, 100), width => Assert.All(
            view.Lines(width), line => Assert.InRange(line.Replace(Green, "", StringComparison.Ordinal).Replace("\e[0m", "", StringComparison.Ordinal).Length, 0, width)));
    }

    [Fact]
    public void TrainingView_Step_AllocatesNothing()
    {
        TrainingView view = new(epochs: 1, steps: 1000);
        view.Note(new StepResult(0, 0, 0.1, 1, 1, 8, 1));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 1; step < 1000; step++)
        {
            view.Note(new StepResult(step, 0, 0.1, 1, 1, 8, 1));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // script(1) gives the command a terminal; its input is what the user types.
    private string OnATerminal(string arguments, string term, string noColor, bool stop)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/script"))
        {
            Assert.Skip("No script(1) of util-linux here, which makes a terminal.");
        }

        // The terminal's Ctrl+C reaches the shell too; with a trap of its own every shell lives to print the code.
        string command = $"trap : INT; stty cols 90; dotnet '{Path.Combine(AppContext.BaseDirectory, "stepnet.dll")}' {arguments}; echo code $?";
        ProcessStartInfo start = new("script", ["-qec", command, "/dev/null"])
        {
            WorkingDirectory = _stepnet.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        (start.Environment["TERM"], start.Environment["NO_COLOR"], start.Environment["LANG"]) = (term, noColor, "C.UTF-8");
        using Process process = Process.Start(start)!;
        string screen = "";
        while (stop && !screen.Contains(Bar, StringComparison.Ordinal))
        {
            int character = process.StandardOutput.Read();
            Assert.True(character >= 0, screen);
            screen += (char)character;
        }

        if (stop)
        {
            process.StandardInput.Write('\x03');
            process.StandardInput.Flush();
        }

        screen += process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return screen;
    }
}
