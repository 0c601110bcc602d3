namespace Gaib.Domain;

/// <summary>
/// Every reason for which Gaib refuses something. The numbers are pinned: they appear in journals, exports, metrics and HTTP answers,
/// and are never reused. One block of a hundred per room. Which comes first where several apply: docs/reference/rejections.md.
/// </summary>
public enum Reason : ushort
{
    /// <summary>Not refused.</summary>
    None = 0,

    // Commands (1–99)

    /// <summary>The signature does not recover to an account, or has a high s, or a wrong length.</summary>
    SignatureInvalid = 1,

    /// <summary>The signature is valid but not of the account that the command moves.</summary>
    SignerNotAuthorised = 2,

    /// <summary>The deadline of the command has passed.</summary>
    DeadlinePassed = 3,

    /// <summary>The account has already used this nonce for another command.</summary>
    NonceUsed = 4,

    /// <summary>A field of the command is outside its range.</summary>
    FieldOutOfRange = 5,

    /// <summary>Storage is unavailable; nothing was changed. Retry the same command.</summary>
    Unavailable = 6,

    /// <summary>No object with this id exists.</summary>
    NotFound = 7,

    /// <summary>The object exists but is in a state that does not allow this.</summary>
    WrongState = 8,

    // Money (100–199)

    /// <summary>The transfer's amount is zero.</summary>
    AmountZero = 100,

    /// <summary>Debit and credit are the same account.</summary>
    SameAccount = 101,

    /// <summary>The account kind or its key is not valid.</summary>
    AccountInvalid = 102,

    /// <summary>The asset is not registered in this book.</summary>
    AssetUnknown = 103,

    /// <summary>The id's writer was never issued, or had no name and was forgotten.</summary>
    WriterUnknown = 104,

    /// <summary>The id lies below the writer's floor.</summary>
    TooOld = 105,

    /// <summary>The id lies beyond the writer's window; answers must be acknowledged first.</summary>
    WindowFull = 106,

    /// <summary>The same id was used for a transfer of other content.</summary>
    IdReused = 107,

    /// <summary>The debit account has less available than the amount.</summary>
    InsufficientFunds = 108,

    /// <summary>The amount, or a total of an account, would reach 2^126.</summary>
    Overflow = 109,

    /// <summary>No transfer reserved anything under the id named.</summary>
    ReservationNotFound = 110,

    /// <summary>The reservation was already posted, voided or expired; or the id lies below its writer's floor, and nothing is open under it.</summary>
    ReservationResolved = 111,

    /// <summary>More would be posted than was reserved.</summary>
    ReservationExceeded = 112,

    /// <summary>Another transfer of the same linked chain failed.</summary>
    LinkedFailed = 113,

    /// <summary>A batch holds more than 8,190 transfers, or ends inside a linked chain; or a part of the request is missing.</summary>
    BatchInvalid = 114,

    /// <summary>The reservation has not expired yet, or its expiry is not in the future.</summary>
    ExpiryInvalid = 115,

    /// <summary>The asset exists already with other content.</summary>
    AssetExists = 116,

    /// <summary>The asset cannot be transferred between people.</summary>
    AssetFrozen = 117,

    /// <summary>The same transfer was answered before; the first answer stands. Not a refusal.</summary>
    AlreadyAnswered = 118,

    /// <summary>The debit account is held by another book, or a two-phase transfer would leave the book.</summary>
    WrongBook = 119,

    /// <summary>As many requests wait for the book as may. This one was not sent, and nothing was changed by it.</summary>
    BookBusy = 120,

    /// <summary>A note of the request does not stand where it says: its stream has other notes by now.</summary>
    NoteMisplaced = 121,

    // Data (200–299)

    /// <summary>A chunk's leaf does not match the manifest.</summary>
    LeafMismatch = 200,

    /// <summary>Contributions to this job are closed.</summary>
    ContributionsClosed = 201,

    /// <summary>The contribution's right has expired or was withdrawn.</summary>
    DataRightExpired = 202,

    /// <summary>A sample has the wrong number of features, a value or a label out of range.</summary>
    SampleInvalid = 203,

    /// <summary>The contribution holds no sample.</summary>
    ContributionEmpty = 204,

    /// <summary>The contributor already committed to this job.</summary>
    AlreadyContributed = 205,

    // Compute (300–399)

    /// <summary>The challenge's answer is wrong.</summary>
    ChallengeFailed = 300,

    /// <summary>The class is unknown.</summary>
    ClassUnknown = 301,

    /// <summary>No GPU of the class is offered and free.</summary>
    NoGpuFree = 302,

    /// <summary>The class rate is above the renter's ceiling.</summary>
    RateAboveCeiling = 303,

    /// <summary>The class rate is below the host's floor.</summary>
    RateBelowFloor = 304,

    /// <summary>The lease's escrow does not cover the work.</summary>
    EscrowExhausted = 305,

    /// <summary>The host was lost.</summary>
    HostLost = 306,

    /// <summary>The work was checked and found wrong.</summary>
    WorkWrong = 307,

    /// <summary>The lease is closed.</summary>
    LeaseClosed = 308,

    // Training (400–499)

    /// <summary>The job's settings are outside their range.</summary>
    JobInvalid = 400,

    /// <summary>The message belongs to another phase or round of the run.</summary>
    WrongPhase = 401,

    /// <summary>The revealed delta does not match its commitment.</summary>
    CommitmentMismatch = 402,

    /// <summary>The same delta was committed by another worker first.</summary>
    DeltaCopied = 403,

    /// <summary>The sender is not a worker of this run.</summary>
    NotAWorker = 404,

    /// <summary>The sender is a worker of this run, but was not drawn for this check or report.</summary>
    NotDrawn = 405,

    // Models (500–599)

    /// <summary>The model has no issued shares yet.</summary>
    ModelNotIssued = 500,

    /// <summary>The price would pay out more than the fee.</summary>
    PriceInvalid = 501,

    /// <summary>The session's cap would be passed.</summary>
    SessionCapExceeded = 502,

    /// <summary>Too much is unacknowledged; send an acknowledgement first.</summary>
    AcknowledgementDue = 503,

    /// <summary>The session has expired or is closed.</summary>
    SessionClosed = 504,

    /// <summary>The acknowledgement falls behind the last one or runs ahead of the receipts.</summary>
    AcknowledgementInvalid = 505,

    /// <summary>The model has no host that can answer.</summary>
    NoHost = 506,

    // Revenue (600–699)

    /// <summary>The pool has taken its lifetime limit of 2^63 - 1 base units.</summary>
    PoolFull = 600,

    /// <summary>The pool's weight would pass 2^63 - 1.</summary>
    PoolWeightFull = 601,

    /// <summary>Pools are nested too deeply or in a cycle.</summary>
    PoolCycle = 602,

    // Governance (700–799)

    /// <summary>The parameter is unknown.</summary>
    ParameterUnknown = 700,

    // Settlement (800–899)

    /// <summary>The settlement policy's threshold or period is not reached.</summary>
    PolicyNotDue = 800,

    /// <summary>The settlement policy has expired or does not exist.</summary>
    PolicyExpired = 801,

    /// <summary>The cumulative amount of a voucher would fall.</summary>
    CumulativeFalls = 802,
}
