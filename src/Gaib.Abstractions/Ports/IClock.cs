namespace Gaib.Abstractions.Ports;

/// <summary>The one clock of the runtime: the wall, or a logical clock that only its driver moves.</summary>
public interface IClock
{
    /// <summary>Unix milliseconds; never runs back.</summary>
    long Now { get; }

    /// <summary>
    /// True when somebody moves this clock and asks for what is due; then grains do nothing by themselves, and no reminder is set.
    /// </summary>
    bool IsDriven { get; }
}
