// Robust policies, certificates, uncertain meters and the checker, as a user meets them.
#include <gmock/gmock.h>

#include <chrono>

#include "tests/integration/cli_program.h"

namespace evenkeel {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr const char* kAdversary = "robust(advice=adversary,rho=0.05)";

class GuaranteeTest : public CliTest {
 protected:
  /// Runs a line of Python in the folder, `f` being the HDF5 file opened for writing.
  void Edit(const std::string& file, const std::string& statement) const {
    const std::string command = "cd " + folder_.string() +
                                " && /usr/bin/python3 -c \"import h5py, numpy; f = h5py.File('" + file + "', 'r+'); " +
                                statement + "\"";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  /// A log with everything in it.
  void WriteLog(const std::string& policy = kAdversary) const {
    Generate("t.h5");
    Succeed({"run", "t.h5", "--policy", policy, "--out", "run.h5", "--allocations", "--certify", "10"});
  }

  void GenerateOther(const std::string& name, const std::string& regions, const std::string& slots) const {
    Succeed({"trace", "generate", "--regions", regions, "--gateways", "3", "--slots", slots, "--quiet", "--out", name});
  }

  /// Expects that `check` finds a difference, and returns what it says.
  std::string Differ(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"check", "run.h5"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProgramResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 1) << result.out;
    EXPECT_EQ(result.out, "");
    return result.err;
  }

  /// What observers see: carbon and water up to 5 % off.
  void WriteObservations() const {
    std::filesystem::copy_file(folder_ / "t.h5", folder_ / "seen.h5");
    Edit("seen.h5",
         "r = numpy.random.default_rng(1); "
         "[f[n].__setitem__(..., f[n][...] * (1 + 0.05 * r.uniform(-1, 1, f[n].shape))) "
         "for n in ('carbon_intensity', 'water_intensity')]");
  }
};

TEST_F(GuaranteeTest, RunReportsTheGuarantee) {
  Generate("t.h5");
  const Json run = SucceedJson({"run", "t.h5", "--policy", kAdversary});
  const Json& guarantee = run["guarantee"];
  const Json expert = SucceedJson({"run", "t.h5", "--policy", "norm-greedy(q=8)"});
  const double expert_objective = expert["objective"], shift = run["shift"];
  EXPECT_NEAR(guarantee["expert_objective"], expert_objective, 1e-6 * expert_objective);
  EXPECT_NEAR(guarantee["bound"], 1.05 * (expert_objective + shift) - shift, 1e-6 * expert_objective);
  EXPECT_LE(run["objective"].get<double>(), guarantee["bound"].get<double>() * (1 + 1e-9));
  EXPECT_EQ(guarantee["rho"], 0.05);
  EXPECT_EQ(guarantee["delta"], 0.0);
  EXPECT_EQ(guarantee["observation_error"], 0.0);
  EXPECT_EQ(guarantee["unconverged"], 0);
  EXPECT_TRUE(guarantee["min_slack"].is_number());
  long slots = 0;
  for (const char* verdict : {"taken", "pulled", "expert", "rejected"})
    slots += guarantee["verdicts"][verdict].get<long>();
  EXPECT_EQ(slots, 30);
  EXPECT_TRUE(run["certificate"].is_null());
  EXPECT_TRUE(expert["guarantee"].is_null());
  EXPECT_THAT(Succeed({"run", "t.h5", "--policy", kAdversary}),
              AllOf(HasSubstr("guarantee     J <= "), HasSubstr("smallest slack"), HasSubstr(" pulled, "),
                    Not(HasSubstr("-0.00"))));
  EXPECT_THAT(Succeed({"run", "t.h5", "--policy", "cost"}), Not(HasSubstr("guarantee")));
}

TEST_F(GuaranteeTest, CompareShowsGuaranteesAndMarksTheClairvoyant) {
  Generate("t.h5");
  const std::string clairvoyant = "robust(advice=hindsight-price,rho=0.05,mode=line)";
  const std::string text =
      Succeed({"compare", "t.h5", "--policy", clairvoyant, "--policy", kAdversary, "--policy", "cost"});
  EXPECT_THAT(text, AllOf(HasSubstr("J / expert"), HasSubstr("smallest slack"), HasSubstr(clairvoyant + " *\n"),
                          HasSubstr("* looks into the future"), Not(HasSubstr("cost *"))));
  std::istringstream lines(text);
  int headers = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 120u) << line;
    headers += line.rfind("policy ", 0) == 0 ? 1 : 0;
  }
  EXPECT_EQ(headers, 2) << "one table of metrics, one of guarantees\n" << text;
  const Json compared = SucceedJson({"compare", "t.h5", "--policy", clairvoyant, "--policy", "cost"});
  EXPECT_TRUE(compared["policies"][0]["guarantee"].is_object());
  EXPECT_TRUE(compared["policies"][1]["guarantee"].is_null());
  EXPECT_THAT(Succeed({"compare", "t.h5", "--policy", "cost"}),
              AllOf(Not(HasSubstr("guarantee")), Not(HasSubstr("*"))));
}

TEST_F(GuaranteeTest, CertifiesOnTheWayAndAtTheEnd) {
  Generate("t.h5");
  const double optimum = SucceedJson({"solve", "t.h5"})["lower_bound"];
  double ratio_of_plan = 0.0;
  for (const std::string prices : {"plan", "run"}) {
    const Json run =
        SucceedJson({"run", "t.h5", "--policy", "norm-greedy(q=8)", "--certify", "12", "--certify-prices", prices});
    const Json& certificate = run["certificate"];
    EXPECT_EQ(certificate["prices"], prices);
    ASSERT_EQ(certificate["slots"].size(), 3u);
    EXPECT_EQ(certificate["slots"][0]["slot"], 11);
    EXPECT_EQ(certificate["slots"][1]["slot"], 23);
    EXPECT_EQ(certificate["slots"][2]["slot"], 29);
    EXPECT_EQ(certificate["slots"][2]["objective"], run["objective"]);
    EXPECT_LE(certificate["lower_bound"].get<double>(), optimum * (1 + 1e-7));
    EXPECT_GE(certificate["ratio"], 1.0);
    if (prices == "plan") {
      EXPECT_NEAR(certificate["lower_bound"], optimum, 1e-6 * optimum);
      ratio_of_plan = certificate["ratio"];
    } else {
      EXPECT_GE(certificate["ratio"].get<double>(), ratio_of_plan * (1 - 1e-7));
    }
  }
  EXPECT_THAT(Succeed({"run", "t.h5", "--policy", "cost", "--certify", "30"}),
              HasSubstr("times the best in hindsight"));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "cost", "--certify", "-1"}), HasSubstr("--certify"));
  EXPECT_THAT(Refuse({"run", "t.h5", "--policy", "cost", "--certify", "5", "--certify-prices", "no"}),
              HasSubstr("neither plan nor run"));
}

TEST_F(GuaranteeTest, ChecksRunsOfEveryKind) {
  Generate("t.h5", {"--variants", "3"});
  Succeed({"run", "t.h5", "--policy", "cost", "--out", "cost.h5"});
  for (const char* policy :
       {"dmd", kAdversary, "robust(advice=adversary,mode=switch,rho=0.02)", "robust(advice=cost,mode=line,rho=0.02)",
        "robust(advice=nan)", "robust(advice=cost,trust=adaptive,rho=0.02)",
        "robust(advice=random,spend=cost.h5,bonus=10)"}) {
    Succeed({"run", "t.h5", "--policy", policy, "--out", "run.h5", "--allocations", "--certify", "10", "--weight",
             "performance=500", "--norm", "performance=2", "--norm", "carbon=4", "--shed-cost", "1e5"});
    const Json check = SucceedJson({"check", "run.h5"});
    EXPECT_EQ(check["confirmed"], true) << policy << check;
    EXPECT_EQ(check["objective_recomputed"], true);
    EXPECT_EQ(check["budget_recomputed"], policy != std::string("dmd")) << policy;
    EXPECT_EQ(check["certificates"], 3);
    EXPECT_THAT(Succeed({"check", "run.h5"}), HasSubstr("Everything holds"));
  }
}

TEST_F(GuaranteeTest, SaysWhatNoLogCanTellOfModePrice) {
  Generate("t.h5");
  const auto check_of = [&](const char* policy) {
    WriteLog(policy);
    return SucceedJson({"check", "run.h5"})["decisions_by_price"].get<int>();
  };
  EXPECT_EQ(check_of("robust(advice=cost,rho=0.02,mode=line)"), 0);
  EXPECT_GT(check_of("robust(advice=cost,rho=0.02,mode=price)"), 0);
  EXPECT_THAT(Succeed({"check", "run.h5"}),
              HasSubstr("whether mode price chose the cheapest safe decision at the advice"));
  WriteLog("robust(advice=adversary,rho=0,mode=switch)");
  Edit("run.h5", "f['verdict'][9] = 1");
  EXPECT_THAT(Differ(), HasSubstr("slot 9: the verdict is pulled, which mode switch never is"));
}

TEST_F(GuaranteeTest, ChecksOnlyBoundsWithoutDecisions) {
  Generate("t.h5");
  Succeed({"run", "t.h5", "--policy", kAdversary, "--out", "run.h5", "--certify", "10"});
  EXPECT_EQ(SucceedJson({"check", "run.h5"})["objective_recomputed"], false);
  EXPECT_THAT(Succeed({"check", "run.h5"}), AllOf(HasSubstr("not checked   costs and loads: the log has no decisions"),
                                                  HasSubstr("not checked   the guarantee")));
  std::filesystem::rename(folder_ / "t.h5", folder_ / "moved.h5");
  EXPECT_THAT(Refuse({"check", "run.h5"}), HasSubstr("t.h5"));
  Succeed({"check", "run.h5", "--trace", "moved.h5"});
  GenerateOther("other.h5", "5", "30");
  EXPECT_THAT(Refuse({"check", "run.h5", "--trace", "other.h5"}), HasSubstr("not the run's trace"));
  Succeed({"run", "moved.h5", "--policy", "cost", "--out", "bare.h5"});
  EXPECT_THAT(Refuse({"check", "bare.h5"}), HasSubstr("nothing to check"));
}

TEST_F(GuaranteeTest, NoticesATamperedLog) {
  const struct {
    const char* statement;
    const char* message;
  } tampered[] = {
      {"f['objective'][7] *= 1 + 1e-6", "slot 7: objective is"},
      {"f['allocation'][5] *= 1.001", "slot 5: the decision violates the constraints"},
      {"f['carbon'][3, 1] *= 1.000001", "slot 3: carbon[1] is"},
      {"f['slack'][4] += 1", "slot 4: slack is"},
      {"f['alpha'][6] += 0.1", "slot 6: "},
      {"f['expert_allocation'][8] = f['expert_allocation'][7]", "slot 8: "},
      {"f['verdict'][9] = 3", "slot 9: the verdict is rejected, but there is an advice"},
      {"f['verdict'].attrs['pulled'] = 99", "the attribute 'pulled' of 'verdict' is 99"},
      {"f['certificate_lower_bound'][1] *= 1.0001", "slot 19: certificate_lower_bound is"},
      {"f['certificate_price_carbon'][2, 0] += 1e4", "slot 29: certificate: prices of group 'carbon'"},
      {"f['certificate_ratio'][0] -= 0.01", "slot 9: certificate_ratio is"},
      {"f.attrs['certified_ratio'] = 1.0", "certified_ratio"},
      {"f.attrs['objective'] = f.attrs['objective'] * 0.99", "the attribute 'objective' of the file"},
      {"f['carbon'].attrs['weight'] = 1499.0", "slot 0: objective is"},
      {"f['time'][2] += 1", "slot 2: it begins at another time"},
      {"f['slack'][...] = 1e6", "slot 0: slack is"},
      {"f['slack'][3] = numpy.nan", "slot 3: slack is nan"},
      {"del f['verdict']; f['slack'][...] = 1e6", "'verdict' is missing"},
      {"del f['certificate']", "its certificate is missing"},
      {"del f['shed_cost']; f['shed_cost'] = numpy.zeros(30, 'f4')", "'shed_cost' holds float32"},
      {"f['extra'] = numpy.zeros(30)", "'extra' should not be there"},
      {"f.attrs['energy_cost'] = f.attrs['energy_cost'] * 0.999", "the attribute 'energy_cost' of the file"},
      {"f.attrs['shed'] = 1.0", "the attribute 'shed' of the file"},
      {"f['carbon'].attrs['gini'] = 0.0", "the attribute 'gini' of 'carbon'"},
      {"f['water'].attrs['units'] = numpy.bytes_('L')", "the attribute 'units' of 'water'"},
      {"del f['water'].attrs['jain']", "of 'water' the attribute 'jain' is missing"},
      {"f.attrs['remark'] = 1.0", "of the file the attribute 'remark' should not be there"},
      {"f['advice'][:, 0, 0, 0] = numpy.inf", "slot 0: the advice, which was not rejected, violates"},
  };
  WriteLog();
  Succeed({"check", "run.h5"});
  std::filesystem::copy_file(folder_ / "run.h5", folder_ / "good.h5");
  for (const auto& [statement, message] : tampered) {
    std::filesystem::copy_file(folder_ / "good.h5", folder_ / "run.h5",
                               std::filesystem::copy_options::overwrite_existing);
    Edit("run.h5", statement);
    EXPECT_THAT(Differ(), AllOf(HasSubstr("run.h5: "), HasSubstr(message))) << statement;
  }
  const ProgramResult json = Run({"check", "run.h5", "--json"});
  EXPECT_EQ(json.exit_code, 1);
  EXPECT_EQ(Json::parse(json.out)["confirmed"], false);
}

TEST_F(GuaranteeTest, SettlesWithTheMetersWhatWasObserved) {
  Generate("t.h5");
  WriteObservations();
  const Json run = SucceedJson({"run", "t.h5", "--observed", "seen.h5", "--policy", kAdversary, "--out", "run.h5",
                                "--allocations", "--certify", "15"});
  const Json& guarantee = run["guarantee"];
  EXPECT_EQ(run["observed"], "seen.h5");
  EXPECT_GT(guarantee["delta"], 0.04);
  EXPECT_LE(guarantee["delta"], 0.06);
  EXPECT_GT(guarantee["observation_error"], 0.0);
  EXPECT_LE(run["objective"].get<double>(),
            guarantee["bound"].get<double>() + guarantee["observation_error"].get<double>() + 1e-3);
  EXPECT_EQ(SucceedJson({"check", "run.h5"})["confirmed"], true);
  EXPECT_THAT(Succeed({"run", "t.h5", "--observed", "seen.h5", "--policy", kAdversary}), HasSubstr("(delta)"));
  EXPECT_THAT(Succeed({"compare", "t.h5", "--observed", "seen.h5", "--policy", kAdversary}),
              HasSubstr("Policies saw seen.h5"));
  // The same trace twice is no uncertainty.
  const Json certain = SucceedJson({"run", "t.h5", "--observed", "t.h5", "--policy", kAdversary});
  EXPECT_EQ(certain["guarantee"]["delta"], 0.0);
  EXPECT_EQ(certain["objective"], SucceedJson({"run", "t.h5", "--policy", kAdversary})["objective"]);
}

TEST_F(GuaranteeTest, RefusesObservationsThatDoNotFit) {
  Generate("t.h5");
  GenerateOther("regions.h5", "5", "30");
  GenerateOther("slots.h5", "4", "31");
  Generate("start.h5", {"--start", "2024-01-01"});
  Generate("demand.h5", {"--seed", "2"});
  for (const auto& [name, what] :
       std::vector<std::pair<std::string, std::string>>{{"regions.h5", "5 regions, expected 4"},
                                                        {"slots.h5", "31 slots"},
                                                        {"start.h5", "another time"},
                                                        {"demand.h5", "expected"}}) {
    EXPECT_THAT(Refuse({"run", "t.h5", "--observed", name, "--policy", "cost"}),
                AllOf(HasSubstr(name), HasSubstr(what)));
  }
  EXPECT_THAT(Refuse({"compare", "t.h5", "--observed", "no.h5", "--policy", "cost"}), HasSubstr("no.h5"));
}

TEST_F(GuaranteeTest, AdviceThatNeverReturnsDoesNotKeepARunFromEnding) {
  Generate("t.h5");
  const auto start = std::chrono::steady_clock::now();
  const char* never = "robust(advice=late(advice=cost,delay=100000))";  // milliseconds
  const Json run = SucceedJson({"run", "t.h5", "--policy", never, "--advice-timeout", "0.01", "--out", "run.h5"});
  EXPECT_EQ(run["guarantee"]["verdicts"]["rejected"], 30);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "run.h5"));
}

TEST_F(GuaranteeTest, LateAdviceIsRejected) {
  Generate("t.h5");
  const char* late = "robust(advice=late(advice=cost,delay=300))";
  const Json run = SucceedJson({"run", "t.h5", "--policy", late, "--advice-timeout", "0.002"});
  EXPECT_EQ(run["guarantee"]["verdicts"]["rejected"], 30);
  EXPECT_THAT(Refuse({"compare", "t.h5", "--policy", late, "--advice-timeout", "-1"}), HasSubstr("--advice-timeout"));
}

TEST_F(GuaranteeTest, SaysWhyAdviceWasRejectedFirst) {
  Generate("t.h5");
  const std::string faulty = "robust(advice=faulty(advice=cost,kind=throws))";
  const std::string reason = "first in slot 0: this advice always throws\n";
  EXPECT_THAT(Succeed({"run", "t.h5", "--policy", faulty}), AllOf(HasSubstr("30 rejected\n"), HasSubstr(reason)));
  EXPECT_THAT(Succeed({"compare", "t.h5", "--policy", faulty}),
              HasSubstr(faulty + ": advice rejected in 30 of 30 slots, " + reason));
  const Json compared = SucceedJson({"compare", "t.h5", "--policy", faulty, "--policy", "robust(advice=cost)"});
  EXPECT_EQ(compared["policies"][0]["guarantee"]["first_failure"], "slot 0: this advice always throws");
  EXPECT_EQ(compared["policies"][1]["guarantee"]["first_failure"], nullptr);
}

}  // namespace
}  // namespace evenkeel
