using System.Collections.Immutable;
using Gaib.Abstractions.Models;
using Gaib.Domain;
using Gaib.Domain.Models;

namespace Gaib.Grains.Models;

/// <summary>What a host's grain stores.</summary>
/// <param name="Sessions">Per epoch the sessions that it served.</param>
/// <param name="Closed">The closed epochs.</param>
[GenerateSerializer, Immutable]
internal sealed record HostKept(
    [property: Id(0)] ImmutableSortedDictionary<ulong, ImmutableSortedSet<Hash32>> Sessions,
    [property: Id(1)] ImmutableList<HostEpochClosed> Closed)
{
    public static HostKept Empty { get; } = new(ImmutableSortedDictionary<ulong, ImmutableSortedSet<Hash32>>.Empty, []);

    public HostKept Serve(Hash32 session, ulong epoch)
    {
        var sessions = Sessions.GetValueOrDefault(epoch, []);
        return sessions.Contains(session) ? this : this with { Sessions = Sessions.SetItem(epoch, sessions.Add(session)) };
    }
}

/// <summary>One call that the host answered, with what its check needs.</summary>
internal sealed record ServedBy(Receipt Receipt, ImmutableArray<byte> Input, Address Payer, UInt128 HostFee, ModelView Model)
{
    public static ServedBy Of(Inference call, SessionState session, ModelView model)
    {
        var price = model.State.Prices.Single(p => p.Id == call.Receipt.Price);
        return new ServedBy(call.Receipt, call.Input, session.Terms.Payer, price.HostUnitFee * call.Receipt.Units, model);
    }
}
