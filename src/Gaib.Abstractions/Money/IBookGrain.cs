using System.Collections.Immutable;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Revenue;

namespace Gaib.Abstractions.Money;

/// <summary>
/// One book: the only place where value moves. Keyed by the book's number; see <see cref="BookPlace"/> for who is in which. Internal: people reach it
/// through grains that checked their signatures.
/// </summary>
[Alias("gaib.book")]
public interface IBookGrain : IGrainWithIntegerKey
{
    /// <summary>Applies a request; the reply is given when it is durable.</summary>
    /// <exception cref="Ports.JournalUnavailableException">It is unknown whether the request took effect: send the same one again.</exception>
    [Alias("submit")]
    Task<BookReply> Submit(BookRequest request);

    /// <summary>
    /// Applies requests of many callers, one after the other, each as <see cref="Submit"/> does: what one is refused changes nothing for the
    /// others. They become durable together, and then all are answered.
    /// </summary>
    /// <returns>One reply a request, in their order.</returns>
    /// <exception cref="Ports.JournalUnavailableException">It is unknown which requests took effect: send the same ones again.</exception>
    [Alias("submitMany")]
    Task<ImmutableArray<BookReply>> SubmitMany(ImmutableArray<BookRequest> requests);

    /// <summary>Applies a writer's transfers and nothing else: the short way for many of them. The answer is given when it is durable.</summary>
    /// <exception cref="Ports.JournalUnavailableException">It is unknown whether the batch took effect: send the same one again.</exception>
    [Alias("submitBatch")]
    Task<AnswerBatch> SubmitBatch(TransferBatch batch);

    /// <summary>Gives the writer with that name its number, the same one each time.</summary>
    [Alias("openWriter")]
    Task<ulong> OpenWriter(Hash32 name);

    /// <summary>
    /// Issues a writer without a name. It is forgotten when it is closed, or has sent nothing for a day; what it sends then is refused as
    /// unknown. For whoever gives up its unanswered transfers when its process ends.
    /// </summary>
    [Alias("openEphemeralWriter")]
    Task<ulong> OpenEphemeralWriter();

    /// <summary>Forgets a writer that has no name. What it sent and was not told about is unknown to it for ever.</summary>
    [Alias("closeWriter")]
    Task CloseWriter(ulong number);

    /// <summary>What the account holds of the asset.</summary>
    [Alias("balance")]
    Task<Balance> GetBalance(AccountId account, AssetId asset);

    /// <summary>Every account of a kind with its balance of the asset, ordered by key.</summary>
    [Alias("balances")]
    Task<ImmutableArray<KeyValuePair<AccountId, Balance>>> GetBalances(AccountKind kind, AssetId asset);

    /// <summary>The pool's totals and the first page of its members: all of them where there are not more than <see cref="PoolView.MembersMax"/>.</summary>
    [Alias("pool")]
    Task<PoolView> GetPool(AccountId pool);

    /// <summary>A further page of members.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="from"><see cref="PoolView.Next"/> of the page before; 0 for the first.</param>
    /// <param name="max">At most so many, and not more than <see cref="PoolView.MembersMax"/>.</param>
    [Alias("poolPage")]
    Task<PoolView> GetPoolPage(AccountId pool, int from, int max);

    /// <summary>One member as it would stand after a settle now; zeros where it is none.</summary>
    [Alias("poolMember")]
    Task<PoolMember> GetPoolMember(AccountId pool, AccountId member);

    /// <summary>The pools of which the account is a member.</summary>
    [Alias("poolsOf")]
    Task<ImmutableArray<AccountId>> GetPoolsOf(AccountId member);

    /// <summary>How many notes a stream has, and the last one.</summary>
    [Alias("lastNote")]
    Task<LastNote> GetLastNote(Hash32 stream);

    /// <summary>A stream's notes from the <paramref name="after"/>-th on, at most <paramref name="max"/> of them, 1,000, and 16 MiB; none only where there are no more. Reads the journal.</summary>
    [Alias("notes")]
    Task<ImmutableArray<ImmutableArray<byte>>> ReadNotes(Hash32 stream, ulong after, int max);

    /// <summary>The sequence at which a command was accepted; null when it never was.</summary>
    [Alias("commandSequence")]
    Task<ulong?> GetCommandSequence(Hash32 digest);

    /// <summary>The transfer with that id, applied or refused, however long ago; null where the book never answered one.</summary>
    [Alias("transfer")]
    Task<LedgerEntry?> FindTransfer(UInt128 id);

    /// <summary>The applied transfers of an account in a range, each with its sequence.</summary>
    /// <exception cref="ArgumentException">More entries are asked for than one answer holds.</exception>
    [Alias("statement")]
    Task<ImmutableArray<LedgerEntry>> GetStatement(StatementRange range);

    /// <summary>How many transfers the book has applied.</summary>
    [Alias("sequence")]
    Task<ulong> GetSequence();

    /// <summary>Hears what another book has paid to accounts of this one in total, and credits what is new.</summary>
    /// <param name="from">The other book's number.</param>
    /// <param name="totals">Totals that are durable there.</param>
    /// <returns>One answer a total.</returns>
    [Alias("arrive")]
    Task<ImmutableArray<EdgeAnswer>> Arrive(uint from, ImmutableArray<EdgeTotal> totals);

    /// <summary>What this book has credited from another one in all, in base units.</summary>
    [Alias("arrivedFrom")]
    Task<UInt128> GetArrivedFrom(uint from);

    /// <summary>Has other books credit all that had left this one for them; returns when they have.</summary>
    /// <exception cref="Ports.JournalUnavailableException">One of them could not be told or could not credit it. It is told again by itself.</exception>
    [Alias("deliver")]
    Task Deliver();

    /// <summary>
    /// Has the book go on in another silo. Calls that come meanwhile wait and are answered there. Returns when the book has left off taking
    /// calls here; the other silo then takes over the journal under a higher epoch and reads it.
    /// </summary>
    /// <param name="silo">An active silo that hosts books; where the book is there already, nothing happens.</param>
    /// <exception cref="ArgumentException">The silo is not active.</exception>
    [Alias("moveTo")]
    Task MoveTo(SiloAddress silo);

    /// <summary>Checks every law of the book; the first that does not hold in words, null when all do.</summary>
    [Alias("audit")]
    Task<string?> Audit();

    /// <summary>Leaves the state of this moment where an audit in the book's own silo finds it; returns when all of it is durable.</summary>
    [Alias("freeze")]
    Task Freeze();
}

/// <summary>A pool with a page of its members.</summary>
/// <param name="Account">The pool.</param>
/// <param name="State">Its totals.</param>
/// <param name="Members">The members of this page as they would stand after a settle now, ordered by account.</param>
/// <param name="Count">How many members the pool has in all.</param>
/// <param name="Next">Where the next page begins; 0 after the last.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.poolView")]
public sealed record PoolView(
    [property: Id(0)] AccountId Account,
    [property: Id(1)] PoolState State,
    [property: Id(2)] ImmutableArray<KeyValuePair<AccountId, PoolMember>> Members,
    [property: Id(3)] int Count = 0,
    [property: Id(4)] int Next = 0)
{
    /// <summary>The most members in a page.</summary>
    public const int MembersMax = 10_000;
}

/// <summary>The end of a note stream.</summary>
/// <param name="Count">How many notes there are.</param>
/// <param name="Bytes">The last one; empty when there is none.</param>
[GenerateSerializer, Immutable]
[Alias("gaib.lastNote")]
public sealed record LastNote([property: Id(0)] ulong Count, [property: Id(1)] ImmutableArray<byte> Bytes);
