namespace StepNet.Experiments.Studies;

/// <summary>
/// A kind of trial: what settings it has, and how it turns them into rows. A training is one (a process of its own); a function of
/// a few numbers is another (<see cref="FunctionTrialKind"/>).
/// </summary>
public interface ITrialKind
{
    /// <summary>As the study's file names it.</summary>
    string Name { get; }

    /// <summary>Names of its settings, without the seed.</summary>
    IReadOnlyCollection<string> Keys { get; }

    /// <summary>Looks at one setting alone.</summary>
    /// <param name="key">One of <see cref="Keys"/>.</param>
    /// <param name="value">As the file has it.</param>
    /// <returns>Null where nothing is wrong with it; otherwise what came and what was expected, in a line.</returns>
    string? Check(string key, string value);

    /// <summary>
    /// Fills in the defaults and leaves out what does not alter the result, such as the number of threads. Two trials with the same
    /// answer are one.
    /// </summary>
    /// <param name="settings">By key, with <c>seed</c> where the study has seeds.</param>
    /// <exception cref="StudyException">The settings contradict each other.</exception>
    IReadOnlyDictionary<string, string> Resolve(IReadOnlyDictionary<string, string> settings);

    /// <summary>
    /// Runs a trial to its end, from where its folder says that it was. What goes wrong in it is its outcome; an exception counts as
    /// <see cref="TrialState.Failed"/>.
    /// </summary>
    /// <param name="run">Its configuration and folder.</param>
    /// <param name="stop">Asks it to save itself, if it can, and end as <see cref="TrialState.Interrupted"/>.</param>
    Task<TrialOutcome> RunAsync(TrialRun run, CancellationToken stop);

    /// <summary>What a trial is expected to cost, in seconds of one core; null where nobody knows.</summary>
    /// <param name="configuration">As <see cref="Resolve"/> gave it.</param>
    double? CoreSeconds(IReadOnlyDictionary<string, string> configuration) => null;

    /// <summary>Pictures that only the kind can draw, from what its trials left in their folders; they follow the charts of the study's file.</summary>
    /// <param name="result">What the trials say, as far as they have run.</param>
    /// <param name="folderOf">Folder of a trial, whether it is there or not.</param>
    IReadOnlyList<Charts.Figure> Figures(StudyResult result, Func<StudyTrial, string> folderOf) => [];
}
