using System.Diagnostics.CodeAnalysis;

namespace Gaib.Domain;

/// <summary>Why something was refused: the reason, and the two numbers that were compared.</summary>
/// <param name="Reason">The numbered reason.</param>
/// <param name="Limit">What the rule allows or expects, in the unit of the check; 0 where no number applies.</param>
/// <param name="Actual">What was found or asked; 0 where no number applies.</param>
/// <param name="Subject">The field, id or account that was checked; empty where the reason says it all.</param>
[GenerateSerializer, Immutable]
public sealed record Rejection(
    [property: Id(0)] Reason Reason,
    [property: Id(1)] Int128 Limit = default,
    [property: Id(2)] Int128 Actual = default,
    [property: Id(3)] string Subject = "")
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var numbers = Limit == 0 && Actual == 0 ? "" : $" (limit {Limit}, actual {Actual})";
        var subject = Subject.Length == 0 ? "" : $" [{Subject}]";
        return $"{(int)Reason} {Reason}{subject}{numbers}";
    }
}

/// <summary>What a rule decided: a value, or a rejection. Nothing has changed when it is a rejection.</summary>
/// <typeparam name="T">The event or answer of an accepted command.</typeparam>
[GenerateSerializer, Immutable]
public readonly struct Outcome<T>
    where T : notnull
{
    [Id(0)] private readonly T? _value;
    [Id(1)] private readonly Rejection? _rejection;

    private Outcome(T? value, Rejection? rejection) => (_value, _rejection) = (value, rejection);

    /// <summary>True when the command was accepted.</summary>
    [MemberNotNullWhen(false, nameof(Rejection))]
    public bool Accepted => _rejection is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">The command was refused; the message carries the rejection.</exception>
    public T Value => _rejection is null ? _value! : throw new InvalidOperationException(_rejection.ToString());

    /// <summary>The rejection, or null when accepted.</summary>
    public Rejection? Rejection => _rejection;

    /// <summary>An accepted outcome.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>A refused outcome.</summary>
    public static implicit operator Outcome<T>(Rejection rejection) => new(default, rejection);

    /// <summary>A refused outcome.</summary>
    public static implicit operator Outcome<T>(Reason reason) => new(default, new Rejection(reason));
}
