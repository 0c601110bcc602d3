using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Revenue;

namespace Gaib.Abstractions.Money;

/// <summary>
/// One book: the only place where value moves. Keyed by the book's number; the embedded node has book 0. Internal: people reach it
/// through grains that checked their signatures.
/// </summary>
[Alias("gaib.book")]
public interface IBookGrain : IGrainWithIntegerKey
{
    /// <summary>Applies a request; the reply is given when it is durable.</summary>
    /// <exception cref="Ports.JournalUnavailableException">It is unknown whether the request took effect: send the same one again.</exception>
    [Alias("submit")]
    Task<BookReply> Submit(BookRequest request);

    /// <summary>Applies a writer's transfers and nothing else: the short way for many of them. The answer is given when it is durable.</summary>
    /// <exception cref="Ports.JournalUnavailableException">It is unknown whether the batch took effect: send the same one again.</exception>
    [Alias("submitBatch")]
    Task<AnswerBatch> SubmitBatch(TransferBatch batch);

    /// <summary>Gives the writer with that name its number, the same one each time.</summary>
    [Alias("openWriter")]
    Task<ulong> OpenWriter(Hash32 name);

    /// <summary>What the account holds of the asset.</summary>
    [Alias("balance")]
    Task<Balance> GetBalance(AccountId account, AssetId asset);

    /// <summary>Every account of a kind with its balance of the asset, ordered by key.</summary>
    [Alias("balances")]
    Task<ImmutableArray<KeyValuePair<AccountId, Balance>>> GetBalances(AccountKind kind, AssetId asset);

    /// <summary>The pool's totals and all of its members, as they would stand after a settle now, ordered by account.</summary>
    [Alias("pool")]
    Task<PoolView> GetPool(AccountId pool);

    /// <summary>The pools of which the account is a member.</summary>
    [Alias("poolsOf")]
    Task<ImmutableArray<AccountId>> GetPoolsOf(AccountId member);

    /// <summary>How many notes a stream has, and the last one.</summary>
    [Alias("lastNote")]
    Task<LastNote> GetLastNote(Hash32 stream);

    /// <summary>A stream's notes from the <paramref name="after"/>-th on, at most <paramref name="max"/> of them. Reads the journal.</summary>
    [Alias("notes")]
    Task<ImmutableArray<ImmutableArray<byte>>> ReadNotes(Hash32 stream, ulong after, int max);

    /// <summary>The sequence at which a command was accepted; null when it never was.</summary>
    [Alias("commandSequence")]
    Task<ulong?> GetCommandSequence(Hash32 digest);

    /// <summary>How many transfers the book has applied.</summary>
    [Alias("sequence")]
    Task<ulong> GetSequence();

    /// <summary>Checks every law of the book; the first that does not hold in words, null when all do.</summary>
    [Alias("audit")]
    Task<string?> Audit();

    /// <summary>Leaves the state of this moment where an audit in the book's own silo finds it; returns when all of it is durable.</summary>
    [Alias("freeze")]
    Task Freeze();
}

/// <summary>A pool with its members.</summary>
/// <param name="Account">The pool.</param>
/// <param name="State">Its totals.</param>
/// <param name="Members">Its members as they would stand after a settle now.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.poolView")]
public sealed record PoolView(
    [property: Id(0)] AccountId Account,
    [property: Id(1)] PoolState State,
    [property: Id(2)] ImmutableArray<KeyValuePair<AccountId, PoolMember>> Members);

/// <summary>The end of a note stream.</summary>
/// <param name="Count">How many notes there are.</param>
/// <param name="Bytes">The last one; empty when there is none.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.lastNote")]
public sealed record LastNote([property: Id(0)] ulong Count, [property: Id(1)] ImmutableArray<byte> Bytes);
