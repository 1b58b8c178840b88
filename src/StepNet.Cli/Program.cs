return StepNet.Cli.StepNetCommand.Run(args);
