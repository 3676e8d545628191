import Contracts
import Portal
import Testing

@Suite("The portal")
struct PortalTests {}
