namespace Gaib.Domain.Money;

/// <summary>
/// What some journal rows touch: of a state before them, nothing else is needed to fold them. So a fold of the rows since a snapshot
/// takes memory for the accounts that moved, not for all that there are.
/// </summary>
public sealed class LedgerTouch
{
    private readonly HashSet<BalanceKey> _balances = [];
    private readonly HashSet<UInt128> _reservations = [];
    private readonly HashSet<AccountId> _pools = [];
    private readonly HashSet<(AccountId Pool, AccountId Member)> _members = [];
    private readonly HashSet<ulong> _writers = [];
    private readonly HashSet<Hash32> _commands = [];
    private readonly HashSet<(Address Account, UInt128 Nonce)> _nonces = [];
    private readonly HashSet<Hash32> _notes = [];
    private readonly HashSet<(uint Peer, AccountId Account, bool IsArrival)> _edges = [];
    private readonly Dictionary<AssetId, AccountId> _poolOf;

    /// <summary>Starts before rows that follow a snapshot.</summary>
    /// <param name="parts">The snapshot's parts; read up to its assets.</param>
    public LedgerTouch(IEnumerable<ReadOnlyMemory<byte>> parts) => _poolOf = SnapshotRow.Read(parts)
        .TakeWhile(row => row.Section <= SnapshotSection.Assets).OfType<SnapshotAsset>()
        .ToDictionary(row => row.Asset.Asset, row => row.Asset.Pool);

    /// <summary>Notes what the rows of a frame touch.</summary>
    public void Add(ReadOnlyMemory<byte> rows)
    {
        foreach (var row in BookRow.Read(rows))
        {
            switch (row)
            {
                case TransferRow { Transfer: var transfer }:
                    Add(transfer);
                    break;
                case CommandRow { Command: var command }:
                    _commands.Add(command.Digest);
                    _nonces.Add((command.Account, command.Nonce));
                    break;
                case AssetRow { Asset: var asset }:
                    _poolOf[asset.Asset] = asset.Pool;
                    break;
                case FloorRow floor:
                    _writers.Add(floor.Writer);
                    break;
                case EphemeralWriterRow { Number: var number }:
                    _writers.Add(number);
                    break;
                case WriterEndRow { Number: var number }:
                    _writers.Add(number);
                    break;
                case NoteRow { Note: var note }:
                    _notes.Add(note.Stream);
                    break;
            }
        }
    }

    internal bool Holds(SnapshotRow row) => row switch
    {
        SnapshotHead or SnapshotAsset or SnapshotWriter => true,
        SnapshotBalance balance => _balances.Contains(balance.Of),
        SnapshotReservation reservation => _reservations.Contains(reservation.Id),
        SnapshotPool pool => _pools.Contains(pool.Account),
        SnapshotMember member => _members.Contains((member.Of.Pool, member.Of.Member)),
        SnapshotCommand command => _commands.Contains(command.Digest),
        SnapshotNonce nonce => _nonces.Contains((nonce.Of.Account, nonce.Of.Nonce)),
        SnapshotNotes notes => _notes.Contains(notes.Stream),
        SnapshotSent sent => _edges.Contains((sent.Of.Peer, sent.Of.Account, false)),
        SnapshotSeen seen => _edges.Contains((seen.Of.Peer, seen.Of.Account, true)),
        _ => false,
    };

    internal bool HoldsWriter(ulong number) => _writers.Contains(number);

    private void Add(in Transfer transfer)
    {
        _writers.Add(transfer.Writer);
        if (transfer.Result != Reason.None)
        {
            return;
        }

        _balances.Add(new BalanceKey(transfer.Debit, transfer.Asset));
        _balances.Add(new BalanceKey(LedgerRefold.CreditHere(transfer), transfer.Asset));
        if (transfer.Peer != 0)
        {
            _edges.Add((transfer.Peer - 1, transfer.Credit, transfer.IsArrival));
        }

        if (transfer.Phase != TransferPhase.Single)
        {
            _reservations.Add(transfer.Phase == TransferPhase.Reserve ? transfer.Id : transfer.Of);
        }

        if (transfer.IsCollect)
        {
            _pools.Add(transfer.Debit);
            _members.Add((transfer.Debit, transfer.Credit));
        }

        if (transfer.Asset == AssetId.Gaib)
        {
            if (LedgerRefold.CreditHere(transfer).Kind == AccountKind.Pool)
            {
                _pools.Add(transfer.Credit);
            }
        }
        else if (_poolOf.TryGetValue(transfer.Asset, out var pool))
        {
            _pools.Add(pool);
            _members.Add((pool, transfer.Debit));
            _members.Add((pool, transfer.Credit));
        }
    }
}
