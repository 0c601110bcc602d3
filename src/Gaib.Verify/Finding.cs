namespace Gaib.Verify;

/// <summary>Where something stands in an export.</summary>
/// <param name="File">Name of the file, such as <c>receipts.ndjson</c> or <c>blobs/6c1f…</c>.</param>
/// <param name="Line">Line from 1, the header line included; 0 for a whole file.</param>
public readonly record struct LineAt(string File, int Line)
{
    /// <summary><c>file:line</c>, or the file alone.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}";
}

/// <summary>Something in an export that does not hold.</summary>
/// <param name="At">Where.</param>
/// <param name="Field">The field as a path, such as <c>rounds[3].pay</c>; empty when it is the line as a whole.</param>
/// <param name="Expected">What follows from the rest of the export.</param>
/// <param name="Found">What stands there.</param>
public sealed record Finding(LineAt At, string Field, string Expected, string Found)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => $"{At}{(Field.Length == 0 ? "" : " " + Field)}: expected {Expected}, found {Found}";
}

/// <summary>A part of an export that could not be executed again, because bytes that it needs are not there.</summary>
/// <param name="At">The line that names the bytes.</param>
/// <param name="Field">The field that names them.</param>
/// <param name="Blob">Their hash.</param>
public sealed record NotReplayed(LineAt At, string Field, Domain.Hash32 Blob)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => $"{At} {Field}: {Blob} is missing";
}
