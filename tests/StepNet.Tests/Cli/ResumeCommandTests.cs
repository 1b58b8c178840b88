using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using StepNet.Training;

namespace StepNet.Tests.Cli;

/// <summary>Interrupted, killed and crowded runs, as processes of their own.</summary>
public sealed class ResumeCommandTests : IDisposable
{
    // Three epochs of 25 steps.
    private const string Small =
        "train --train-items 120 --validation 20 --test-items 20 --batch 4 --epochs 3 --threads 1 --step learned:0.5";

    // Six epochs of 25 steps, in all over a second: what is sent in the first comes before the end on a machine ten times as fast too.
    private const string Longer =
        "train --train-items 1020 --validation 20 --test-items 20 --batch 40 --epochs 6 --threads 1 --step learned:0.5";

    // Longer than any test waits.
    private const string Endless = "train --train-items 4000 --validation 4 --test-items 4 --batch 2 --threads 1";

    private readonly StepNetProcess _stepnet = new();

    public void Dispose() => _stepnet.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("USR1")]
    public void Signal_ThenResume_IsTheUnbrokenRun(string signal)
    {
        SkipOnWindows();
        Assert.Equal(0, _stepnet.Run($"{Longer} --out whole").ExitCode);
        using Process process = _stepnet.Start($"{Longer} --out broken");
        process.StandardError.ReadLine();
        StepNetProcess.Send(signal, process);
        string rest = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 130, $"{process.ExitCode}: {rest}");
        Assert.Contains("go on with: stepnet train --resume --out broken", rest, StringComparison.Ordinal);
        Assert.Equal("interrupted", Summary("broken").GetProperty("state").GetString());

        (int code, _, string error) = _stepnet.Run("train --resume --out broken");
        Assert.True(code == 0, error);
        Assert.Contains("going on after step ", error, StringComparison.Ordinal);
        AssertSameRun("whole", "broken");
    }

    [Fact]
    public void Kill_ThenResume_IsTheUnbrokenRunAndLeavesNoLock()
    {
        SkipOnWindows();
        Assert.Equal(0, _stepnet.Run($"{Longer} --log-every 3 --taps-every 2 --out whole").ExitCode);
        using Process process = _stepnet.Start($"{Longer} --log-every 3 --taps-every 2 --out broken --save-every 7");
        process.StandardError.ReadLine();
        process.StandardError.ReadLine();
        StepNetProcess.Send("KILL", process);
        process.WaitForExit();
        Assert.Equal(128 + 9, process.ExitCode);

        Assert.Equal(0, _stepnet.Run("train --resume --out broken --threads 2").ExitCode);
        AssertSameRun("whole", "broken");
        string[] log = File.ReadAllLines(_stepnet.PathOf("whole", "steps.csv"));
        Assert.Equal(1 + 50, log.Length);
        Assert.Equal(log, File.ReadAllLines(_stepnet.PathOf("broken", "steps.csv")));
        byte[] taps = File.ReadAllBytes(_stepnet.PathOf("whole", "taps.csv"));
        Assert.Equal(75, TapRows.Read(_stepnet.PathOf("whole")).Steps.Count);
        Assert.Equal(taps, File.ReadAllBytes(_stepnet.PathOf("broken", "taps.csv")));
        Assert.Equal(
            [
                "checkpoint.previous.safetensors", "checkpoint.safetensors", "config.yaml", "metrics.csv", "model.safetensors", "steps.csv",
                "summary.json", "taps.csv",
            ],
            Directory.GetFiles(_stepnet.PathOf("broken")).Select(Path.GetFileName).Order());
    }

    // Saving a large network takes more than a moment; here its process is held up for four seconds.
    [Fact]
    public void Signal_ToASweepWhoseTrainingSavesSlowly_IsWaitedFor()
    {
        SkipOnWindows();
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "pkill"))),
            "No pkill on the PATH, which finds the sweep's training; on Debian: apt-get install procps.");
        File.WriteAllText(_stepnet.PathOf("long.yaml"), """
            title: Long
            settings: { data: shapes, model: resnet8, width: 4, train-items: 2000, test-items: 40, batch: 8, epochs: 500 }
            axes: { step: [0.1] }
            measures: { accuracy: { column: test_accuracy } }
            """);
        using Process process = _stepnet.Start("sweep run long.yaml --out sweep/study --threads 1");
        string trials = _stepnet.PathOf("sweep", "trials");
        string? beat = null;
        while (beat is null)
        {
            Assert.False(process.HasExited);
            Thread.Sleep(50);
            beat = Directory.Exists(trials) ? Directory.EnumerateFiles(trials, "heartbeat", SearchOption.AllDirectories).FirstOrDefault() : null;
        }

        // With the test's own folder: the training of no other test is met.
        string key = Path.GetFileName(Path.GetDirectoryName(beat)!);
        string training = $"train --resume --out .*{Path.GetFileName(_stepnet.Folder)}/sweep/trials/{key} ";
        Assert.Equal(0, Pkill("STOP", training));
        StepNetProcess.Send("TERM", process);
        Thread.Sleep(4000);
        Assert.Equal(0, Pkill("CONT", training));
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 130, $"{process.ExitCode}: {said}");
        Assert.Contains("stopped; go on with: stepnet sweep resume", said, StringComparison.Ordinal);
        Assert.Contains(",interrupted,", File.ReadAllText(_stepnet.PathOf("sweep", "study", "rows.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void Signal_Twice_EndsAtOnce()
    {
        SkipOnWindows();

        // Until the first step of this run is done, only the second signal can end it. It takes six seconds on the machine of the
        // published benchmarks, so that one ten times as fast is not done with it either.
        using Process process = _stepnet.Start(
            "train --model resnet110 --width 32 --train-items 256 --validation 4 --test-items 4 --batch 256 --recompute --threads 1 --out i");
        process.StandardError.ReadLine();
        StepNetProcess.Send("TERM", process);
        Assert.False(process.WaitForExit(200));
        StepNetProcess.Send("TERM", process);
        process.WaitForExit();

        Assert.Equal(128 + 15, process.ExitCode);
    }

    [Fact]
    public void Resume_AnotherSetting_IsRefusedByName()
    {
        Assert.Equal(0, _stepnet.Run($"{Small} --max-steps 3 --out r").ExitCode);

        (int code, _, string error) = _stepnet.Run("train --resume --out r --lr 0.1 --threads 2");

        Assert.Equal(2, code);
        Assert.Equal(
            "stepnet: --lr 0.1: the run in 'r' has 0.2, and would be another run. Leave the option out, or start a new run.",
            error.TrimEnd());

        // The same value in other words is no change.
        Assert.Equal(0, _stepnet.Run("train --resume --out r --lr 0.20 --threads 2").ExitCode);
    }

    [Fact]
    public void Resume_FolderWithoutCheckpoint_StartsOverAndSaysSo()
    {
        Directory.CreateDirectory(_stepnet.PathOf("empty"));

        (int code, _, string error) = _stepnet.Run($"{Small} --max-steps 3 --resume --out empty");

        Assert.Equal(0, code);
        Assert.StartsWith("no checkpoint in 'empty': the run starts from the beginning", error, StringComparison.Ordinal);
        Assert.Equal(3, Summary("empty").GetProperty("steps").GetInt64());
    }

    [Fact]
    public void Resume_KilledBeforeTheFirstCheckpoint_TrainsWhatItWasTo()
    {
        const string Train = "train --data shapes --train-items 24 --test-items 8 --model resnet8 --width 4 --step 0.3 --batch 8 --epochs 1 --threads 1 --quiet";
        Assert.Equal(0, _stepnet.Run($"{Train} --out whole").ExitCode);
        Assert.Equal(0, _stepnet.Run($"{Train} --out killed").ExitCode);
        foreach (string file in Directory.GetFiles(_stepnet.PathOf("killed")).Where(file => Path.GetFileName(file) != "config.yaml"))
        {
            File.Delete(file);
        }

        (int code, _, string error) = _stepnet.Run("train --resume --out killed --step 0.5");
        Assert.Equal(2, code);
        Assert.Contains("--step 0.5: the run in 'killed' has 0.3, and would be another run.", error, StringComparison.Ordinal);
        (code, _, error) = _stepnet.Run("train --resume --out killed --threads 1 --quiet");
        Assert.True(code == 0, error);
        Assert.Equal(File.ReadAllBytes(_stepnet.PathOf("whole", "model.safetensors")), File.ReadAllBytes(_stepnet.PathOf("killed", "model.safetensors")));

        // What an option contradicts is not what was asked for.
        (code, _, error) = _stepnet.Run("train --resume --out whole --optimizer adam");
        Assert.Equal(2, code);
        Assert.StartsWith("stepnet: --optimizer adam: the run in 'whole' has sgd, and would be another run.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_FolderInUse_IsRefused()
    {
        using Process process = _stepnet.Start($"{Endless} --out busy");
        process.StandardError.ReadLine();
        (int code, _, string error) = _stepnet.Run("train --resume --out busy");
        process.Kill();
        process.WaitForExit();

        Assert.Equal(2, code);
        Assert.Equal(
            "stepnet: --out 'busy' is in use by a live process. Wait for its end, or name another folder.", error.TrimEnd());
    }

    [Fact]
    public void Resume_BothCheckpointsDamaged_IsOneLineAndCode3()
    {
        Assert.Equal(0, _stepnet.Run($"{Small} --max-steps 3 --out d").ExitCode);
        File.WriteAllText(_stepnet.PathOf("d", "checkpoint.safetensors"), "x");
        File.WriteAllText(_stepnet.PathOf("d", "checkpoint.previous.safetensors"), "x");

        (int code, _, string error) = _stepnet.Run("train --resume --out d");

        Assert.Equal(3, code);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Save_FileLimitReached_IsOneLineAndThePreviousCheckpointSurvives()
    {
        SkipOnWindows();

        // 800 KiB: the first checkpoint fits, the one with the best model beside the last does not. The runtime's own files in
        // memory meet the limit too, hence without them.
        (int code, _, string error) = Shell("ulimit -f 800; exec \"$0\" \"$@\"", $"{Small} --out full");

        Assert.True(code == 1, $"exit code {code}: {error}");
        string line = error.TrimEnd().Split('\n')[^1];
        Assert.StartsWith("stepnet: ", line, StringComparison.Ordinal);
        Assert.EndsWith(
            "; the last checkpoint is whole: go on with: stepnet train --resume --out full). Check the disk and the rights.",
            line, StringComparison.Ordinal);
        Assert.Contains("File too large", line, StringComparison.Ordinal);
        AssertGoesOn("full");
    }

    [Fact]
    public void Save_DiskFull_IsOneLineAndThePreviousCheckpointSurvives()
    {
        SkipOnWindows();
        string disk = Directory.CreateDirectory(_stepnet.PathOf("disk")).FullName;
        if (Mount("mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", disk) != 0)
        {
            Assert.Skip("Mounting a small tmpfs is not allowed here.");
        }

        try
        {
            // Two checkpoints fit, not a third beside them.
            (int code, _, string error) = _stepnet.Run($"{Small} --out disk/full");

            Assert.True(code == 1, $"exit code {code}: {error}");
            Assert.Contains("No space left on device", error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
            Assert.Equal(0, Mount("mount", "-o", "remount,size=20m", disk));
            AssertGoesOn("disk/full");
        }
        finally
        {
            _ = Mount("umount", disk);
        }
    }

    [Fact]
    public void Resume_OwnDataWithAnotherTextOfTheSameLength_IsRefused()
    {
        string[] rows = [.. Enumerable.Range(0, 20).Select(i => $"words of number {i},{(i % 2 == 0 ? "even" : "odd")}")];
        File.WriteAllLines(_stepnet.PathOf("own.csv"), ["text,label", .. rows]);
        const string Train = "train --data own.csv --model text-resnet9 --width 2 --batch 4 --epochs 1 --threads 1 --quiet --out own";
        Assert.Equal(0, _stepnet.Run(Train).ExitCode);

        // The order of the rows is not part of the data.
        File.WriteAllLines(_stepnet.PathOf("own.csv"), ["text,label", .. rows.Reverse()]);
        Assert.Equal(0, _stepnet.Run("train --resume --out own").ExitCode);
        string[] others = [.. rows.Select(row => row.Replace("number 7", "number x", StringComparison.Ordinal))];
        File.WriteAllLines(_stepnet.PathOf("own.csv"), ["text,label", .. others]);
        (int code, _, string error) = _stepnet.Run("train --resume --out own");

        Assert.Equal(2, code);
        Assert.Matches(@"^stepnet: the run in '.*own' trained on other items than '.*own\.csv' has now\. Give it what it had, or start a new run\.$", error.TrimEnd().Split('\n')[^1]);
    }

    [Theory]
    [InlineData("train --resume", "--resume needs --out")]
    [InlineData("train --validation 0 --patience 2", "--keep best and --patience need a validation set.")]
    [InlineData("train --time 5", "--time: '5', expected a time of at least 1s such as 90s, 30m or 1.5h.")]
    public void WrongUse_Always_IsOneLineAndCode2(string arguments, string message)
    {
        (int code, string output, string error) = _stepnet.Run(arguments);

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"stepnet: {message}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_Budget_EndsTheRunWithItsTest()
    {
        (int code, _, string error) = _stepnet.Run($"{Endless} --time 3s --json --out t");

        Assert.True(code == 0, error);
        Assert.InRange(Summary("t").GetProperty("test_accuracy").GetDouble(), 0, 1);
        Assert.True(Summary("t").GetProperty("steps").GetInt64() < 24_000);
    }

    private void AssertGoesOn(string folder)
    {
        (int code, _, string error) = _stepnet.Run($"train --resume --out {folder}");
        Assert.True(code == 0, error);
        Assert.Equal(0, _stepnet.Run($"{Small} --out whole").ExitCode);
        AssertSameRun("whole", folder);
    }

    private void AssertSameRun(string whole, string broken)
    {
        Assert.Equal(Hash(whole), Hash(broken));
        Assert.Equal(Rows(whole), Rows(broken));
        Assert.Equal(
            Summary(whole).GetProperty("test_accuracy").GetDouble(), Summary(broken).GetProperty("test_accuracy").GetDouble());

        string Hash(string folder) =>
            Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_stepnet.PathOf(folder, "model.safetensors"))));

        // All columns but the two of time, which come last.
        string[] Rows(string folder) =>
            [.. File.ReadAllLines(_stepnet.PathOf(folder, "metrics.csv")).Select(row => string.Join(',', row.Split(',')[..^2]))];
    }

    private JsonElement Summary(string folder) =>
        JsonDocument.Parse(File.ReadAllText(_stepnet.PathOf(folder, "summary.json"))).RootElement;

    private (int ExitCode, string Out, string Error) Shell(string script, string arguments) =>
        _stepnet.RunIn("bash", ["-c", script], arguments, ("DOTNET_EnableWriteXorExecute", "0"));

    private static int Mount(string command, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    private static int Pkill(string signal, string pattern)
    {
        using Process pkill = Process.Start("pkill", [$"-{signal}", "-f", pattern]);
        pkill.WaitForExit();
        return pkill.ExitCode;
    }

    private static void SkipOnWindows()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no signal to send to another process, no ulimit and no tmpfs.");
        }
    }
}
