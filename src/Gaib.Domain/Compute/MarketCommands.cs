namespace Gaib.Domain.Compute;

/// <summary>What is asked of a market.</summary>
[GenerateSerializer, Immutable]
public abstract record MarketCommand;

/// <summary>A host's ask. Its signature has been verified; the nonce is the command layer's.</summary>
/// <param name="Message">What the host signed.</param>
/// <param name="Gpu">State of the GPU that is offered.</param>
[GenerateSerializer, Immutable]
public sealed record PlaceAsk([property: Id(0)] Ask Message, [property: Id(1)] Gpu Gpu) : MarketCommand;

/// <summary>A host takes its ask back. Its signature has been verified.</summary>
/// <param name="Message">What the host signed.</param>
[GenerateSerializer, Immutable]
public sealed record TakeBackAsk([property: Id(0)] WithdrawAsk Message) : MarketCommand;

/// <summary>The GPU of an ask was lost or slashed while no lease was open on it.</summary>
/// <param name="Gpu">The GPU.</param>
[GenerateSerializer, Immutable]
public sealed record DropAsk([property: Id(0)] Hash32 Gpu) : MarketCommand;

/// <summary>A renter's order: all its GPUs are leased at once, or the order is refused. Its signature has been verified.</summary>
/// <param name="Id">The order's id: <c>Ids.Derive(genesis, "order", renter, nonce)</c>.</param>
/// <param name="Message">What the renter signed.</param>
[GenerateSerializer, Immutable]
public sealed record PlaceOrder([property: Id(0)] Hash32 Id, [property: Id(1)] Order Message) : MarketCommand;

/// <summary>Leases free GPUs for those that an order lost, from what is left of its cap.</summary>
/// <param name="Order">The order.</param>
[GenerateSerializer, Immutable]
public sealed record RefillOrder([property: Id(0)] Hash32 Order) : MarketCommand;

/// <summary>The renter needs no more GPUs for the order. Open leases are closed one by one.</summary>
/// <param name="Order">The order.</param>
[GenerateSerializer, Immutable]
public sealed record CloseOrder([property: Id(0)] Hash32 Order) : MarketCommand;

/// <summary>A lease has closed.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Cause">Why; a GPU that was lost or proven wrong leaves the market with it.</param>
/// <param name="Spent">What it cost the renter, fees included, base units.</param>
[GenerateSerializer, Immutable]
public sealed record EndLease(
    [property: Id(0)] Hash32 Lease,
    [property: Id(1)] Reason Cause,
    [property: Id(2)] UInt128 Spent) : MarketCommand;

/// <summary>Time has passed: closes the ticks that ended.</summary>
[GenerateSerializer, Immutable]
public sealed record PassTime : MarketCommand;
