using System.Text.Json;
using System.Text.Json.Serialization;

namespace StepNet.Training;

/// <summary>
/// What a run must know to go on, besides the values of variables. Order, augmentation and masks are functions of seed, epoch,
/// item and step, the learning rate one of the step, so the place in the run is all there is to know of them.
/// </summary>
internal sealed class RunState
{
    /// <summary>What the run was asked for, as far as going on with something else would be another run.</summary>
    public required string Plan { get; init; }

    /// <summary>Steps done.</summary>
    public long Step { get; set; }

    /// <summary>Items of the running epoch seen so far; 0 between epochs.</summary>
    public long Items { get; set; }

    /// <summary>Of them classified rightly.</summary>
    public long Correct { get; set; }

    /// <summary>Sum of their losses.</summary>
    public double LossSum { get; set; }

    /// <summary>Learning rate of the last step.</summary>
    public double LearningRate { get; set; }

    /// <summary>Wall-clock time of the running epoch.</summary>
    public double EpochSeconds { get; set; }

    /// <summary>Wall-clock time of the run, over all its processes.</summary>
    public double Seconds { get; set; }

    /// <summary>Epochs done: the running one has number <c>Epochs.Count</c>.</summary>
    public List<EpochResult> Epochs { get; init; } = [];

    /// <summary>Rows of the log so far.</summary>
    public List<LogRow> Log { get; init; } = [];

    /// <summary>Items since the last row of the log.</summary>
    public long LogItems { get; set; }

    /// <summary>Of them classified rightly.</summary>
    public long LogCorrect { get; set; }

    /// <summary>Sum of their losses.</summary>
    public double LogLossSum { get; set; }

    /// <summary>What the schedule's learning rate is multiplied with.</summary>
    public double RateFactor { get; set; } = 1;

    /// <summary>Divergences that the run went on from.</summary>
    public List<Restart> Restarts { get; init; } = [];

    /// <summary>Row of the highest validation accuracy, of equals the first; null without a validation set.</summary>
    [JsonIgnore]
    public EpochResult? Best => Epochs.Where(row => row.Validation is not null).MaxBy(row => row.Validation!.Correct);

    public string ToJson() => JsonSerializer.Serialize(this, RunStateJson.Default.RunState);

    /// <exception cref="JsonException">It is none.</exception>
    public static RunState Parse(string json) =>
        JsonSerializer.Deserialize(json, RunStateJson.Default.RunState) ?? throw new JsonException("null is no state.");
}

/// <summary>Serialises without reflection, numbers exactly.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunState))]
internal sealed partial class RunStateJson : JsonSerializerContext;
