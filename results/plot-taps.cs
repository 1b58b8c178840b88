#:project ../src/StepNet.Experiments/StepNet.Experiments.csproj
#:property PublishAot=false

// Draws norms by iteration out of rows that were made with --taps-every, after figure 2 of Towards Robust ResNet:
//     dotnet run results/plot-taps.cs -- OUT.svg TITLE QUANTITY LAYER=PLACE,LAYER=PLACE NAME:ROWS[:ROWS] ...
// A panel for each layer; a name has as many lines as rows (seeds). Every second iteration is drawn.
using StepNet.Experiments.Charts;
using StepNet.Training;

if (args.Length < 5)
{
    Console.Error.WriteLine("usage: dotnet run results/plot-taps.cs -- OUT.svg TITLE QUANTITY LAYER=PLACE,... NAME:ROWS[:ROWS] ...");
    return 2;
}

string quantity = args[2];
(string Name, TapRows[] Seeds)[] runs =
    [.. args[4..].Select(arg => arg.Split(':')).Select(parts => (parts[0], parts[1..].Select(TapRows.Read).ToArray()))];
SmallMultiples figure = new()
{
    Title = args[1],
    Subtitle = $"{quantity.Replace('_', ' ')} by iteration, every second one",
    Width = 900,
    Columns = 2,
    Panels =
    [
        .. from panel in args[3].Split(',')
           let parts = panel.Split('=')
           select new Chart
           {
               Title = parts[0],
               X = new Axis("iteration"),
               Y = new Axis(quantity.Replace('_', ' '), Log: true),
               Series =
               [
                   .. from run in runs.Index()
                      from seed in run.Item.Seeds.Index()
                      select new Series(
                          $"{run.Item.Name}, seed {seed.Index + 1}",
                          [.. seed.Item.Steps.Zip(seed.Item.Of(parts[1], quantity), (step, value) => new DataPoint(step, value))
                              .Where(point => point.X % 2 == 0)])
                      {
                          Colour = run.Index,
                          Dashed = seed.Index > 0,
                      },
               ],
           },
    ],
};
File.WriteAllText(args[0], figure.ToSvg());
return 0;
