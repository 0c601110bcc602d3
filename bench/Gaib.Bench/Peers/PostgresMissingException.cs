namespace Gaib.Bench.Peers;

/// <summary>There is no PostgreSQL to measure beside. The message says how to install it.</summary>
internal sealed class PostgresMissingException() : Exception(
    "PostgreSQL 15 is missing, beside which Gaib is measured. Install it with 'apt-get install postgresql-15', or leave it out with --no-peer.");
