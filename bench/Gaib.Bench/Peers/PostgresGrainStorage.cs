namespace Gaib.Bench.Peers;

/// <summary>
/// What Microsoft.Orleans.Persistence.AdoNet asks a PostgreSQL for: its package has no scripts. The names of columns and parameters are the
/// provider's; one statement on one primary key does each.
/// </summary>
internal static class PostgresGrainStorage
{
    /// <summary>Tables and the provider's queries.</summary>
    public const string Create =
        """
        create table orleansquery (querykey varchar(64) primary key, querytext varchar(8000) not null);
        create table grainstate (
            grainidhash integer, grainidn0 bigint, grainidn1 bigint, graintypehash integer, graintypestring text, extension text, serviceid text,
            payload bytea, version integer not null,
            primary key (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, extension, serviceid)) with (fillfactor = 50);

        insert into orleansquery values ('WriteToStorageKey', '
            with written as (
                insert into grainstate as s values (@GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString,
                    coalesce(cast(@GrainIdExtensionString as text), ''''), @ServiceId, @PayloadBinary, 1)
                on conflict (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, extension, serviceid)
                do update set payload = excluded.payload, version = s.version + 1 where s.version = cast(@GrainStateVersion as integer)
                returning version)
            select coalesce((select version from written), cast(@GrainStateVersion as integer)) as newgrainstateversion');

        insert into orleansquery values ('ReadFromStorageKey', '
            select payload as payloadbinary, null::xml as payloadxml, null::text as payloadjson, now() at time zone ''utc'', version
            from grainstate
            where grainidhash = @GrainIdHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1 and graintypehash = @GrainTypeHash
                and graintypestring = @GrainTypeString and extension = coalesce(cast(@GrainIdExtensionString as text), '''') and serviceid = @ServiceId');

        insert into orleansquery values ('ClearStorageKey', '
            update grainstate set payload = null, version = version + 1
            where grainidhash = @GrainIdHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1 and graintypehash = @GrainTypeHash
                and graintypestring = @GrainTypeString and extension = coalesce(cast(@GrainIdExtensionString as text), '''') and serviceid = @ServiceId
                and version = cast(@GrainStateVersion as integer)
            returning version as newgrainstateversion');

        insert into orleansquery values ('DeleteStorageKey', '
            delete from grainstate
            where grainidhash = @GrainIdHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1 and graintypehash = @GrainTypeHash
                and graintypestring = @GrainTypeString and extension = coalesce(cast(@GrainIdExtensionString as text), '''') and serviceid = @ServiceId
                and version = cast(@GrainStateVersion as integer)
            returning version + 1 as newgrainstateversion');

        """;
}
