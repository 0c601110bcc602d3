namespace Gaib.Domain.Money;

/// <summary>
/// How long it is known that a reservation was resolved. Of an id that its writer needs no more the book remembers nothing, and says of each that
/// is not open that it was resolved: so what is forgotten, and when, changes no answer.
/// </summary>
public sealed partial class Book
{
    private const int ExpiriesMin = 1_024;

    private readonly Queue<UInt128> _resolved = [];
    private int _newlyResolved;
    private Func<ulong, ulong?>? _floorOf;

    /// <summary>How many reservations it knows, those included that it could forget.</summary>
    internal int ReservationCount => _reservations.Count;

    /// <summary>How many times of expiry it keeps.</summary>
    internal int ExpiryCount => _expiries.Count;

    /// <summary>True where nothing needs to be known of what was reserved under the id, unless it is still open.</summary>
    private bool IsPast(UInt128 id) => IsPast(id, _ownSequence[CommandWriter], _writers.NextEphemeral, _floorOf ??= FloorOf);

    /// <summary>
    /// The same of any state: ids below their writer's floor, ids of a writer that was forgotten, and the ids of commands but for the last 16,384.
    /// </summary>
    /// <param name="id">A transfer's.</param>
    /// <param name="ofCommands">The last one of a command.</param>
    /// <param name="nextEphemeral">The number of the next ephemeral writer.</param>
    /// <param name="floorOf">The floor of a writer; null where there is no such writer.</param>
    internal static bool IsPast(UInt128 id, ulong ofCommands, ulong nextEphemeral, Func<ulong, ulong?> floorOf)
    {
        var (writer, sequence) = ((ulong)(id >> 64), (ulong)id);
        return writer == CommandWriter ? ofCommands >= Writers.Window && sequence <= ofCommands - Writers.Window
            : floorOf(writer) is { } floor ? sequence < floor
            : writer >= Writers.FirstEphemeral && writer < nextEphemeral;
    }

    private ulong? FloorOf(ulong number) => _writers.TryGet(number, out var writer) ? writer.Floor : null;

    private void Resolved(UInt128 id)
    {
        _resolved.Enqueue(id);
        _newlyResolved++;
    }

    /// <summary>
    /// Looks at two that were resolved for each that was resolved since: so what can be forgotten is found soon, and no call looks at
    /// more than its own transfers. Times of expiry are gone through seldom, when most of them must be of what is resolved.
    /// </summary>
    private void ForgetResolved()
    {
        for (; _newlyResolved > 0; _newlyResolved--)
        {
            ForgetNext();
            ForgetNext();
        }

        if (_expiries.Count > ExpiriesMin && _expiries.Count > 2 * _reservations.Count)
        {
            ForgetExpiries();
        }
    }

    /// <summary>Most reservations are resolved long before their time; what is no longer open is not due.</summary>
    private void ForgetExpiries()
    {
        var open = _expiries.UnorderedItems.Where(due => IsDue(due.Element, due.Priority.At)).ToArray();
        _expiries.Clear();
        _expiries.EnqueueRange(open);
    }

    private bool IsDue(UInt128 id, long at) => _reservations.Find(id) is >= 0 and var index && _reservations[index] is { Open: true } open && open.ExpiresAt == at;

    private void ForgetNext()
    {
        // A chain that was taken back leaves the id of a reservation that is open again, or was never made.
        if (_resolved.TryDequeue(out var id) && _reservations.Find(id) is >= 0 and var index && !_reservations[index].Open)
        {
            if (IsPast(id))
            {
                _reservations.Remove(id);
            }
            else
            {
                _resolved.Enqueue(id);
            }
        }
    }
}
