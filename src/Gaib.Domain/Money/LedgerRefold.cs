using System.Numerics;

namespace Gaib.Domain.Money;

/// <summary>
/// Folds a journal a second time, in integers without a limit and without any of the book's own code: what it shares with
/// <see cref="Book"/> is the form of the rows alone. It also checks what a journal must never say: ids used twice, gaps, reservations
/// resolved twice or beyond their amount, chains cut in two, amounts that the book says it filled in and that are others, balances below
/// their limit. Memory grows with accounts, commands and all reservations that there were, and not with other transfers.
/// </summary>
public sealed partial class LedgerRefold
{
    private static readonly BigInteger TotalMax = BigInteger.One << 126;

    private readonly RefoldChain _chain = new();
    private Hash32? _command;
    private Transfer _transfer;

    /// <summary>How many transfers were applied.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Unix milliseconds of the last frame.</summary>
    public long LastAt { get; private set; } = long.MinValue;

    /// <summary>The time of the last frame that was earlier than the last one.</summary>
    internal long BeforeAt { get; private set; } = long.MinValue;

    /// <summary>What the journal must not say and says.</summary>
    public LedgerFaults Faults { get; } = new();

    /// <summary>How many accounts and assets are kept: all, or those that moved since the snapshot.</summary>
    public int BalanceCount => Balances.Count;

    internal Dictionary<BalanceKey, RefoldBalance> Balances { get; } = [];

    internal Dictionary<UInt128, RefoldReservation> Reservations { get; } = [];

    internal Dictionary<AssetId, AssetRecord> Assets { get; } = [];

    internal Dictionary<AccountId, RefoldPool> Pools { get; } = [];

    internal Dictionary<(AccountId Pool, AccountId Member), RefoldMember> Members { get; } = [];

    internal Dictionary<Hash32, ulong> Commands { get; } = [];

    internal HashSet<(Address Account, UInt128 Nonce)> Nonces { get; } = [];

    internal Dictionary<Hash32, (ulong Count, Hash32 Last)> Notes { get; } = [];

    /// <summary>What has left for an account of another book, by the book and the account.</summary>
    internal Dictionary<(uint Peer, AccountId Account), BigInteger> Sent { get; } = [];

    /// <summary>What has arrived from another book.</summary>
    internal Dictionary<(uint Peer, AccountId Account), BigInteger> Seen { get; } = [];

    internal RefoldWriters Ids { get; } = new();

    /// <summary>Folds the rows of a frame, or the first or the last part of them.</summary>
    /// <param name="rows">Whole requests.</param>
    /// <param name="at">The frame's time, Unix milliseconds.</param>
    /// <exception cref="InvalidOperationException">A row is cut short or of an unknown kind.</exception>
    public void Fold(ReadOnlyMemory<byte> rows, long at)
    {
        if (at > LastAt)
        {
            (BeforeAt, LastAt) = (LastAt, at);
        }

        foreach (var row in BookRow.Read(rows))
        {
            if (row is not TransferRow)
            {
                EndChain();
                _command = null;
            }

            Fold(row);
        }

        EndChain();
        _command = null;
    }

    private void Fold(BookRow row)
    {
        switch (row)
        {
            case TransferRow { Transfer: var transfer }:
                Fold(transfer);
                break;
            case CommandRow command:
                Fold(command);
                break;
            case AssetRow { Asset: var asset }:
                Check(Assets.TryAdd(asset.Asset, asset), "the asset is registered again", asset.Asset.ToString());
                Check(Pools.TryAdd(asset.Pool, new RefoldPool(asset.Asset)), "the pool has an asset already", asset.Pool.ToString());
                break;
            case WriterRow { Name: var name }:
                Check(Ids.TryOpen(name), "the writer's name is issued again", name.ToString());
                break;
            case EphemeralWriterRow { Number: var number }:
                Check(Ids.TryOpenEphemeral(number), "the ephemeral writer does not have the next number", $"writer {number}");
                break;
            case WriterEndRow { Number: var number }:
                Check(Ids.TryEnd(number), "there is no such ephemeral writer to be forgotten", $"writer {number}");
                break;
            case FloorRow floor:
                Check(Ids.IsIssued(floor.Writer), "the writer was never issued", $"writer {floor.Writer}");
                Check(Ids.Get(floor.Writer).RaiseFloor(floor.Floor), "the floor does not rise", $"writer {floor.Writer}", floor.Floor);
                break;
            case NoteRow { Note: var note }:
                Notes[note.Stream] = (Notes.GetValueOrDefault(note.Stream).Count + 1, Keccak.Hash(note.Bytes.AsSpan()));
                break;
        }
    }

    private void Fold(CommandRow row)
    {
        var command = row.Command;
        Check(Commands.TryAdd(command.Digest, row.Sequence), "the command was accepted twice", $"command {command.Digest}");
        Check(Nonces.Add((command.Account, command.Nonce)), "the nonce was used twice", $"{command.Account}", command.Nonce);
        Faults.Differ("the place of the command", $"command {command.Digest}", "", Sequence + 1, row.Sequence, Sequence + 1);
        _command = command.Digest;
    }

    private void Fold(in Transfer transfer)
    {
        _transfer = transfer;
        if (_chain.Fault(transfer) is { } cut)
        {
            Check(false, cut);
        }

        Sequence += transfer.Result == Reason.None ? 1UL : 0;
        TakeId(transfer);
        if (transfer.Result == Reason.None)
        {
            Apply(transfer);
        }
    }

    private void TakeId(in Transfer transfer)
    {
        if (transfer.Writer >= Writers.FirstIssued)
        {
            Check(Ids.IsIssued(transfer.Writer), "the writer was never issued");
            Check(Ids.Get(transfer.Writer).TryTake(transfer.Sequence), "the id was used before, or lies outside its writer's window");
            return;
        }

        // The book's own ids leave no gaps, so a missing one shows as well as a doubled one.
        ref var own = ref Ids.Own[transfer.Writer];
        if (transfer.Sequence != own + 1)
        {
            Faults.Differ("the book's own ids leave no gaps", $"writer {transfer.Writer}", "", (BigInteger)own + 1, transfer.Sequence, Sequence);
        }

        own = transfer.Sequence;
        if (transfer.Writer == RefoldChain.CommandWriter)
        {
            Check(_command is { } digest && transfer.Cause == digest, "the transfer does not follow the command that caused it");
        }
    }

    private void EndChain()
    {
        if (_chain.End() is { } cut)
        {
            Check(false, cut, $"transfer {Sequence}");
        }
    }

    private void Check(bool holds, string what, string? subject = null, BigInteger found = default)
    {
        if (!holds)
        {
            Faults.Add(new LedgerFault(what, subject ?? NameOf(_transfer), "", 0, found, Sequence));
        }
    }

    private void Differ(string what, AssetId asset, BigInteger expected, BigInteger found)
    {
        if (expected != found)
        {
            Faults.Add(new LedgerFault(what, NameOf(_transfer), asset.ToString(), expected, found, Sequence));
        }
    }

    private static string NameOf(in Transfer transfer) => $"id {transfer.Writer}:{transfer.Sequence}";
}
