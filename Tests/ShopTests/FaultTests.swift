import Testing

@testable import Shop

@Suite("Faults and addresses")
struct FaultTests {
  @Test("faults are set by name, and a mistake changes nothing")
  func board() {
    let board = FaultBoard()
    #expect(board.all.values.allSatisfy { $0 == 0 })
    #expect(board.apply("payment-failure=30&slow-shipping=on\ncache-failure=on") == nil)
    #expect(board[.paymentFailure] == 30)
    #expect(board[.slowShipping] == 1500)
    let before = board.all
    for mistake in ["payment-failure=101", "payment-failure=-1", "n-plus-one=on&fire=1", "queue-backlog", "=1"] {
      #expect(board.apply(mistake) != nil, "\(mistake)")
      #expect(board.all == before)
    }
    let copy = FaultBoard()
    copy.apply(board.text)
    #expect(copy.all == before)
    board.apply("payment-failure=off")
    #expect(board[.paymentFailure] == 0)
  }

  @Test("the ports of all services survive the command line, and free ones are different")
  func peers() throws {
    let peers = try Peers.onFreePorts()
    #expect(Set(peers.ports.values).count == ServiceName.allCases.count)
    #expect(Peers(argument: peers.argument)?.ports == peers.ports)
    #expect(Peers(argument: "frontend=x") == nil)
    #expect(Peers(argument: "unknown=1") == nil)
  }
}
