namespace Gaib.Domain.Money;

/// <summary>
/// Whether linked transfers stand together in the journal, all applied or all refused. Between those of an applied chain only pools
/// may pay what they owe.
/// </summary>
internal sealed class RefoldChain
{
    /// <summary>Writes the transfers of commands.</summary>
    public const ulong CommandWriter = 1;

    private const ulong PoolWriter = 2;

    private ulong _writer;
    private bool _applied;
    private bool _hasReason;
    private bool _isOpen;

    /// <summary>Takes the next transfer; says what is wrong with its place, or null.</summary>
    public string? Fault(in Transfer transfer)
    {
        var applied = transfer.Result == Reason.None;
        if (transfer.Writer == PoolWriter)
        {
            return _isOpen && !_applied ? "a pool paid in a chain that was refused" : null;
        }

        var fault = _isOpen && (transfer.Writer != _writer || applied != _applied) ? "a chain of linked transfers is not whole" : null;
        _hasReason = (_isOpen && _hasReason) || transfer.Result is not (Reason.None or Reason.LinkedFailed);
        if (fault is null && !applied && !transfer.IsLinked && !_hasReason)
        {
            fault = "a chain was refused, and none of its transfers says why";
        }

        (_isOpen, _writer, _applied) = (transfer.IsLinked, transfer.Writer, applied);
        return fault;
    }

    /// <summary>No transfer follows; says what is wrong with that, or null.</summary>
    public string? End()
    {
        var fault = _isOpen ? "a chain of linked transfers ends before its last" : null;
        _isOpen = false;
        return fault;
    }
}
