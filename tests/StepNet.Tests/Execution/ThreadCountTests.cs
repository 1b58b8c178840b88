using StepNet.Execution;

namespace StepNet.Tests.Execution;

public sealed class ThreadCountTests
{
    [Theory]
    [InlineData(3, "5", "7", 3)]
    [InlineData(0, "5", "7", 5)]
    [InlineData(0, null, "7", 7)]
    [InlineData(0, "", "7", 7)]
    public void Resolve_OptionThenVariableThenSlurm_FirstGivenWins(int asked, string? own, string? slurm, int expected) =>
        Assert.Equal(expected, ThreadCount.Resolve(asked, Environment(own, slurm)));

    [Fact]
    public void Resolve_NothingGiven_IsOnePerProcessor() =>
        Assert.Equal(System.Environment.ProcessorCount, ThreadCount.Resolve(0, Environment(null, null)));

    [Theory]
    [InlineData("0", null, "STEPNET_THREADS='0'")]
    [InlineData("two", "2", "STEPNET_THREADS='two'")]
    [InlineData("1025", null, "STEPNET_THREADS='1025'")]
    [InlineData(null, "-1", "SLURM_CPUS_PER_TASK='-1'")]
    [InlineData(null, "2(x3)", "SLURM_CPUS_PER_TASK='2(x3)'")]
    public void Resolve_BadValue_SaysWhichAndWhatIsExpected(string? own, string? slurm, string start)
    {
        EnvironmentVariableException e = Assert.Throws<EnvironmentVariableException>(() => ThreadCount.Resolve(0, Environment(own, slurm)));

        Assert.Equal($"{start} is no number of threads. Give 1 to 1024, or leave it unset for one per processor.", e.Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1025)]
    public void Resolve_NumberOutOfRange_IsAnError(int asked) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ThreadCount.Resolve(asked));

    private static Func<string, string?> Environment(string? own, string? slurm) => name =>
        name == ThreadCount.Variable ? own : name == ThreadCount.SlurmVariable ? slurm : null;
}
