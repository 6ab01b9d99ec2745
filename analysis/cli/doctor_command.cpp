#include "analysis/cli/columns.hpp"
#include "analysis/cli/commands.hpp"
#include "analysis/cli/terminal.hpp"
#include "analysis/use/doctor/doctor.hpp"

namespace dmstall::analysis {

models::ExitCode doctor_command(const DoctorCommand& command) {
  Doctor doctor = examine();
  doctor.columns = columns_of(1);
  doctor.colours = stdout_wants_colour();
  write_stdout(command.format->write(doctor, doctor.colours));
  return doctor.well() ? models::ExitCode::progress : models::ExitCode::expectation_unmet;
}

}  // namespace dmstall::analysis
