namespace Gaib.Domain.Models;

/// <summary>Who the units of a first issue go to. The numbers are part of exports.</summary>
public enum ShareClass : byte
{
    /// <summary>No class.</summary>
    None = 0,

    /// <summary>Contributors, by attribution.</summary>
    Data = 1,

    /// <summary>Hosts, by verified work.</summary>
    Compute = 2,

    /// <summary>The developer.</summary>
    Developer = 3,

    /// <summary>Those who had GAIB staked at the time of issue, through one pool.</summary>
    Holders = 4,

    /// <summary>The pools of the models that a fork comes from.</summary>
    Parents = 5,
}

/// <summary>How a model's 10^9 share units are divided among the classes; a parameter of the network.</summary>
/// <param name="Data">Units for contributors.</param>
/// <param name="Compute">Units for hosts.</param>
/// <param name="Developer">Units for the developer.</param>
/// <param name="Holders">Units for the pool of stakers.</param>
[GenerateSerializer, Immutable]
public sealed record ClassUnits(
    [property: Id(0)] ulong Data,
    [property: Id(1)] ulong Compute,
    [property: Id(2)] ulong Developer,
    [property: Id(3)] ulong Holders)
{
    /// <summary>The units of every model.</summary>
    public const ulong Total = 1_000_000_000;

    /// <summary>Null when the four classes sum to <see cref="Total"/>, else <see cref="Reason.FieldOutOfRange"/> with both sums.</summary>
    public Rejection? Check()
    {
        var sum = (UInt128)Data + Compute + Developer + Holders;
        return sum == Total ? null : new Rejection(Reason.FieldOutOfRange, Total, (Int128)sum, "classUnits");
    }
}
