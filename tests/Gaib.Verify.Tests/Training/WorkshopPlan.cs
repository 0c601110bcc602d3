using Gaib.Domain.Data;
using Gaib.Domain.Training;

namespace Gaib.Verify.Tests.Training;

/// <summary>What happens in a workshop.</summary>
internal sealed record WorkshopPlan
{
    /// <summary>Hosts with one GPU each; their floors rise, so the market gives the n-th of them slot n.</summary>
    public int Hosts { get; init; } = 4;

    public int Rounds { get; init; } = 7;

    /// <summary>1: every round has attribution; 3: every third.</summary>
    public int AttributionEvery { get; init; } = 3;

    /// <summary>Base units per verified second above which the renter leaves.</summary>
    public ulong Ceiling { get; init; } = Workshop.Unit;

    /// <summary>Jobs, one after the other, on the same GPUs.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Hosts that the first job loses: later jobs order fewer GPUs.</summary>
    public int Losing { get; init; }

    /// <summary>Contributors that withdraw their right before the run is made.</summary>
    public int Withdrawing { get; init; }

    /// <summary>Contributors whose right ends before the run is made.</summary>
    public int Ending { get; init; }

    /// <summary>Parts to burn whose very question fails: by it a first export ends in its middle. Null: there is only one export.</summary>
    public IReadOnlySet<HeldBackKind>? Interruption { get; init; }

    /// <summary>The last contributor brings the samples of the door part, which somebody must have shown it.</summary>
    public bool Copying { get; init; }

    /// <summary>The door part is burnt before the last contributor comes.</summary>
    public bool Burning { get; init; }

    /// <summary>Calls that an app buys of the last job's model, half of them on one day and half on the next.</summary>
    public int Calls { get; init; }

    /// <summary>The app acknowledges after every so many calls; 0: never.</summary>
    public int AcknowledgeEvery { get; init; } = 20;

    /// <summary>Hosts close the epochs of their calls.</summary>
    public bool ClosingEpochs { get; init; } = true;

    /// <summary>Called before the app buys, and before epochs are closed.</summary>
    public Action<string> Told { get; init; } = _ => { };

    /// <summary>The held-back parts that the export shows.</summary>
    public IReadOnlySet<HeldBackKind> Showing { get; init; } = Enum.GetValues<HeldBackKind>().ToHashSet();

    /// <summary>Puts something between the n-th GPU and its device.</summary>
    public Func<int, IDevice, IDevice> Spoil { get; init; } = (_, device) => device;
}
