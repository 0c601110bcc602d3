using System.Collections.Immutable;

namespace Gaib.Domain.Governance;

/// <summary>Parameters and the sequence of the book from which they are in force.</summary>
/// <param name="FromSequence">The first sequence at which they are in force.</param>
/// <param name="Value">All parameters.</param>
[GenerateSerializer, Immutable]
public sealed record ParameterChange([property: Id(0)] ulong FromSequence, [property: Id(1)] Parameters Value);

/// <summary>All parameters that were ever in force, by sequence; the first ones from 0 on.</summary>
/// <param name="Changes">Never empty; sequences rise strictly from 0.</param>
[GenerateSerializer, Immutable]
public sealed record ParameterHistory([property: Id(0)] ImmutableArray<ParameterChange> Changes)
{
    /// <summary>The history of a new network.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message carries the rejection.</exception>
    public static ParameterHistory Start(Parameters genesis) => genesis.Check() is { } rejection
        ? throw new ArgumentException(rejection.ToString(), nameof(genesis))
        : new ParameterHistory([new ParameterChange(0, genesis)]);

    /// <summary>The parameters in force at a sequence of the book.</summary>
    public Parameters At(ulong sequence)
    {
        var i = Changes.Length - 1;
        while (Changes[i].FromSequence > sequence)
        {
            i--;
        }

        return Changes[i].Value;
    }

    /// <summary>A change that may follow, or <see cref="Reason.FieldOutOfRange"/> with the numbers.</summary>
    /// <param name="value">All parameters, changed and unchanged.</param>
    /// <param name="fromSequence">Above the last change's, so that what was in force stays in force for what was done.</param>
    public Outcome<ParameterChange> Decide(Parameters value, ulong fromSequence)
    {
        if (value.Check() is { } rejection)
        {
            return rejection;
        }

        return fromSequence > Changes[^1].FromSequence
            ? new ParameterChange(fromSequence, value)
            : new Rejection(Reason.FieldOutOfRange, (Int128)Changes[^1].FromSequence + 1, fromSequence, "fromSequence");
    }

    /// <summary>The history with the change.</summary>
    public ParameterHistory Evolve(ParameterChange change) => new(Changes.Add(change));
}
