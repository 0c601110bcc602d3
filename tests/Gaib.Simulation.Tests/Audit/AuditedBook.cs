using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Revenue;
using Gaib.Grains.Money;
using Gaib.Simulation.Tests.Cluster;
using Gaib.Simulation.Tests.Disk;

namespace Gaib.Simulation.Tests.Audit;

/// <summary>
/// One activation of the book, with the auditor beside it: each call goes to the grain and to the auditor at the same moment, and what
/// the grain answers once it is durable must be what the auditor said then.
/// </summary>
internal sealed partial class AuditedBook(
    BookGrain grain,
    IBookGrain calls,
    SimulatedJournalStore store,
    Machine machine,
    EdgeAuditor edges,
    EventLog log,
    Action<string> onUnreadable) : IBookGrain
{
    private const ulong SnapshotEveryBytes = 64 << 20;

    private readonly WorldClock _clock = machine.Clock;
    private readonly FrameHistory _history = machine.History;

    /// <summary>What the auditor says of this activation; what it has applied and not yet made durable included.</summary>
    public LedgerAuditor Auditor { get; } = new(machine.Site);

    /// <summary>The activation's journal; null while it is not open.</summary>
    public SimulatedJournal? Journal => store.Opened;

    /// <summary>The grain's own book.</summary>
    public Book Book => BookOf(grain);

    /// <summary>The grain's next write brings a snapshot with it.</summary>
    public void WantSnapshot() => BytesSinceSnapshot(grain) = SnapshotEveryBytes + 1;

    public async Task<BookReply> Submit(BookRequest request)
    {
        var running = calls.Submit(request);
        var expected = Auditor.Submit(request, _clock.Now);
        var reply = await AnswerOf(running, nameof(Submit));
        Compare(expected, reply);
        return reply;
    }

    public async Task<ImmutableArray<BookReply>> SubmitMany(ImmutableArray<BookRequest> requests)
    {
        var running = calls.SubmitMany(requests);
        var expected = requests.Select(request => Auditor.Submit(request, _clock.Now)).ToArray();
        var replies = await AnswerOf(running, nameof(SubmitMany));
        log.Expect(expected.Length, replies.Length, "SubmitMany answered each request");
        foreach (var (said, reply) in expected.Zip(replies))
        {
            Compare(said, reply);
        }

        log.See("requests in one call");
        return replies;
    }

    public async Task<AnswerBatch> SubmitBatch(TransferBatch batch)
    {
        var sent = batch.ToTransfers();
        var running = calls.SubmitBatch(batch);
        var expected = Auditor.SubmitBatch(batch.Writer, batch.AnsweredThrough, [.. sent], _clock.Now);
        var answer = await AnswerOf(running, nameof(SubmitBatch));
        log.Expect(expected.Refused, answer.Refused, "SubmitBatch was refused otherwise");
        var answers = new TransferAnswer[sent.Length];
        if (answer.Refused is null)
        {
            answer.CopyTo(sent, answers);
            Compare(expected.Answers, [.. answers]);
        }

        log.See($"reason {answer.Refused?.Reason ?? Reason.None}");
        return answer;
    }

    public Task<ulong> OpenWriter(Hash32 name) => Check(calls.OpenWriter(name), Auditor.OpenWriter(name), "OpenWriter");

    public Task<ulong> OpenEphemeralWriter() =>
        Check(calls.OpenEphemeralWriter(), Auditor.OpenEphemeralWriter(_clock.Now), "OpenEphemeralWriter");

    public async Task CloseWriter(ulong number)
    {
        var running = calls.CloseWriter(number);
        Auditor.CloseWriter(number);
        await running;
    }

    public Task<Balance> GetBalance(AccountId account, AssetId asset)
    {
        var held = Auditor.Now.Held.GetValueOrDefault((account, asset));
        var expected = new Balance((UInt128)held.Out, (UInt128)held.In, (UInt128)held.PendingOut, (UInt128)held.PendingIn);
        return Check(calls.GetBalance(account, asset), expected, "GetBalance");
    }

    public async Task<ImmutableArray<KeyValuePair<AccountId, Balance>>> GetBalances(AccountKind kind, AssetId asset)
    {
        var expected = Auditor.Now.Held.Where(row => row.Key.Account.Kind == kind && row.Key.Asset == asset)
            .Select(row => (row.Key.Account, row.Value.In - row.Value.Out)).OrderBy(row => row.Account).ToArray();
        var rows = await AnswerOf(calls.GetBalances(kind, asset), nameof(GetBalances));
        log.Expect(true, expected.SequenceEqual(rows.Select(row => (row.Key, (System.Numerics.BigInteger)row.Value.Posted))), "GetBalances is right");
        return rows;
    }

    public async Task<PoolView> GetPool(AccountId pool)
    {
        var expected = Auditor.Now.Pools.GetValueOrDefault(pool);
        var view = await AnswerOf(calls.GetPool(pool), nameof(GetPool));
        var members = view.Members.Select(row => (row.Key, ((System.Numerics.BigInteger)row.Value.Accrued << 64) + row.Value.Fraction, (System.Numerics.BigInteger)row.Value.Collected));
        log.Expect(
            true,
            expected is null ? view.Members.IsEmpty
                : view.State.Fed == expected.Fed && members.SequenceEqual(expected.Members.Select(row => (row.Key, row.Value.Earned, row.Value.Collected))),
            "GetPool is right");
        return view;
    }

    public Task<PoolMember> GetPoolMember(AccountId pool, AccountId member)
    {
        var known = Auditor.Now.Pools.TryGetValue(pool, out var found) ? found.Members.GetValueOrDefault(member) : null;
        var (whole, rest) = known is null ? (0, 0) : System.Numerics.BigInteger.DivRem(known.Earned, System.Numerics.BigInteger.One << 64);
        return CheckMember(calls.GetPoolMember(pool, member), whole, rest, known?.Collected ?? 0);
    }

    // Nobody in this world turns pages or audits; what is asked goes to the grain.
    public Task<PoolView> GetPoolPage(AccountId pool, int from, int max) => calls.GetPoolPage(pool, from, max);

    public Task<LedgerEntry?> FindTransfer(UInt128 id) => calls.FindTransfer(id);

    public Task MoveTo(SiloAddress silo) => throw new NotSupportedException("Books are not moved here.");

    public Task Freeze() => calls.Freeze();

    private async Task<PoolMember> CheckMember(
        Task<PoolMember> running, System.Numerics.BigInteger whole, System.Numerics.BigInteger rest, System.Numerics.BigInteger collected)
    {
        var member = await AnswerOf(running, nameof(GetPoolMember));
        log.Expect((whole, rest, collected), (member.Accrued, member.Fraction, member.Collected), "GetPoolMember");
        return member;
    }

    public async Task<ImmutableArray<AccountId>> GetPoolsOf(AccountId member)
    {
        var expected = Auditor.Now.Pools.Where(pool => pool.Value.Members.ContainsKey(member)).Select(pool => pool.Key).ToArray();
        var pools = await AnswerOf(calls.GetPoolsOf(member), nameof(GetPoolsOf));
        log.Expect(true, expected.SequenceEqual(pools), "GetPoolsOf is right");
        return pools;
    }

    public async Task<LastNote> GetLastNote(Hash32 stream)
    {
        var expected = Auditor.Now.NotesOf(stream);
        var last = await AnswerOf(calls.GetLastNote(stream), nameof(GetLastNote));
        log.Expect((ulong)expected.Count, last.Count, "GetLastNote");
        return last;
    }

    public async Task<ImmutableArray<ImmutableArray<byte>>> ReadNotes(Hash32 stream, ulong after, int max)
    {
        var known = Auditor.Now.NotesOf(stream).Skip((int)after).Take(max).Count();
        ImmutableArray<ImmutableArray<byte>> notes;
        try
        {
            notes = await AnswerOf(calls.ReadNotes(stream, after, max), nameof(ReadNotes));
        }
        catch (JournalUnavailableException fault) when (fault.Message.Contains("Nothing was changed", StringComparison.Ordinal)
            || fault.Message.Contains("are missing", StringComparison.Ordinal))
        {
            onUnreadable(fault.Message);
            throw;
        }


        // What joined the frame for which it waited is durable with it, and may be shown; what came later may not.
        var durable = _history.After(Journal!.LastNumber).NotesOf(stream).Skip((int)after).Take(max).ToArray();
        log.Expect(true, notes.Length >= known && notes.Length <= durable.Length, "ReadNotes gave all notes that are durable and no others");
        log.Expect(true, durable.Zip(notes).All(pair => pair.First.SequenceEqual(pair.Second)), "ReadNotes gave the notes that were written");
        return notes;
    }

    public Task<ulong?> GetCommandSequence(Hash32 digest) => Check(
        calls.GetCommandSequence(digest), Auditor.Now.Commands.TryGetValue(digest, out var taken) ? taken.Sequence : (ulong?)null, "GetCommandSequence");

    public Task<ulong> GetSequence() => Check(calls.GetSequence(), Auditor.Now.Sequence, "GetSequence");

    public Task<string?> Audit() => Check(calls.Audit(), null, "Audit");

    private async Task<T> Check<T>(Task<T> running, T expected, string what)
    {
        var answer = await AnswerOf(running, what);
        log.Expect(expected, answer, what);
        return answer;
    }

    private async Task<T> AnswerOf<T>(Task<T> running, string what)
    {
        // All that was applied so far lies in the next frame, unless that is written already.
        var (frame, isOwner) = (Journal!.NextNumber, Journal!.IsOwner);
        try
        {
            var answer = await running;
            log.Expect(true, Journal!.LastNumber >= frame, $"{what} was answered when it was durable");
            log.Expect(true, isOwner, $"{what} was answered by the book's owner");
            return answer;
        }
        catch (Exception fault) when (fault is JournalUnavailableException or IOException or PowerCutException)
        {
            log.Write($"{what}: {fault.Message}");

            // What was asked may or may not have happened.
            throw;
        }
        catch (Exception fault)
        {
            log.Blame($"{what} failed: {fault}");
            throw;
        }
    }

    private void Compare(BookReply expected, BookReply reply)
    {
        log.Expect(expected.Result, reply.Result, "Submit was refused otherwise");
        log.Expect((expected.Sequence, expected.Repeated), (reply.Sequence, reply.Repeated), "Submit came to another sequence");
        Compare(expected.Answers, reply.Answers);
        log.See($"reason {reply.Result?.Reason ?? Reason.None}");
        log.Write($"submit {reply.Sequence} {reply.Repeated}");
    }

    private void Compare(ImmutableArray<TransferAnswer> expected, ImmutableArray<TransferAnswer> answers)
    {
        if (!expected.SequenceEqual(answers))
        {
            log.Blame($"answered [{string.Join(", ", answers)}], not [{string.Join(", ", expected)}]");
        }

        foreach (var answer in answers)
        {
            log.See($"reason {answer.Result}");
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_book")]
    private static extern ref Book BookOf(BookGrain grain);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_bytesSinceSnapshot")]
    private static extern ref ulong BytesSinceSnapshot(BookGrain grain);
}
